import Kernel
import PortContracts
import Testing

@testable import Caching

@Suite("Tags that the store must be told of before it is believed")
struct SuspectTagsTests {
  private let scope = CacheScope.tenant(.fresh())
  private var suspects = SuspectTags()

  @Test("A tag is suspect until it is bumped, and so is everything of an owner who is")
  mutating func membership() {
    #expect(suspects.isEmpty)
    suspects.add([.named("a", scope)])
    #expect(suspects.contains(any: [.all(scope), .named("a", scope)]))
    #expect(!suspects.contains(any: [.all(scope), .named("b", scope)]))
    #expect(!suspects.contains(any: [.named("a", .platform)]))
    suspects.add([.all(scope)])
    #expect(suspects.contains(any: [.named("b", scope)]))
    suspects.remove(suspects.tags(scope))
    #expect(suspects.isEmpty)
  }

  @Test("A tag that is added again while it is bumped stays suspect")
  mutating func addedMeanwhile() {
    suspects.add([.named("a", scope), .named("b", scope)])
    let owed = suspects.tags(scope)
    suspects.add([.named("a", scope)])
    suspects.remove(owed)
    #expect(suspects.contains(any: [.named("a", scope)]))
    #expect(!suspects.contains(any: [.named("b", scope)]))
    #expect(suspects.scopes == [scope])
  }

  @Test("Too many tags of one owner become the owner")
  mutating func bounded() {
    for number in 0..<10_000 { suspects.add([.named("t\(number)", scope)]) }
    #expect(suspects.count <= SuspectTags.mostPerOwner)
    #expect(suspects.contains(any: [.named("never named", scope)]))
    #expect(!suspects.contains(any: [.all(.platform)]))
  }
}

@Suite("When the shared store counts as out of reach")
struct TierBreakerTests {
  private var breaker = TierBreaker(threshold: 3)

  /// What each failure in a row makes of it: whether it opened.
  private mutating func fail(_ errors: CacheStoreError...) -> [Bool] {
    var opened: [Bool] = []
    for error in errors { opened.append(breaker.failed(error)) }
    return opened
  }

  @Test("At once when it says so, and once")
  mutating func unavailable() {
    let opened = fail(.unavailable, .unavailable)
    #expect(opened == [true, false])
    #expect(breaker.isOpen)
    breaker.close()
    #expect(!breaker.isOpen)
  }

  @Test("After several time-outs in a row")
  mutating func timeOuts() {
    let before = fail(.timedOut, .timedOut)
    breaker.succeeded()
    let after = fail(.timedOut, .timedOut, .timedOut)
    #expect(before == [false, false] && after == [false, false, true])
  }

  @Test("Not for a value that is no number")
  mutating func otherErrors() {
    let opened = fail(.notANumber, .notANumber, .notANumber, .notANumber)
    #expect(!opened.contains(true) && !breaker.isOpen)
  }
}
