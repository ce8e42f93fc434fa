import NIOCore
import Testing

@testable import Caching

@Suite("Keys of which a caller has a value that the store does not")
struct OutrunKeysTests {
  private let key = CacheKey("n", .platform, "a")
  private let old = EntityTag(of: ByteBuffer(string: "old"))
  private let new = EntityTag(of: ByteBuffer(string: "new"))

  /// Which of some values are taken, one after the other.
  private func taken(_ keys: inout OutrunKeys, _ stored: [EntityTag], _ key: CacheKey) -> [Bool] {
    stored.map { keys.admits(key, $0, under: [1, 2]) }
  }

  @Test("Any value is taken of a key that was not outrun")
  func untouched() {
    var keys = OutrunKeys()
    keys.add(key, new, under: [1, 2])
    #expect(taken(&keys, [old], CacheKey("n", .platform, "b")) == [true])
  }

  @Test("Another value than the one that was given is not taken, however often it is read; that one is, and ends it")
  func sameValue() {
    var keys = OutrunKeys()
    keys.add(key, new, under: [1, 2])
    #expect(taken(&keys, [old, old, new, old], key) == [false, false, true, true])
  }

  @Test("After several values were given none is taken")
  func severalValues() {
    var keys = OutrunKeys()
    for given in [new, old, old] { keys.add(key, given, under: [1, 2]) }
    #expect(taken(&keys, [old, new], key) == [false, false])
  }

  @Test("Of several values that were given under different generations only the last binds")
  func severalGenerations() {
    var keys = OutrunKeys()
    keys.add(key, old, under: [1, 1])
    keys.add(key, new, under: [1, 2])
    #expect(taken(&keys, [old, new], key) == [false, true])
  }

  @Test("A value of a newer generation is taken, one of a generation that was not known is not")
  func newerGeneration() {
    for (known, isTaken) in [([1, 3], true), ([0, 2], false), ([1, 0], false), ([0, 0], false)] as [([UInt64], Bool)] {
      var keys = OutrunKeys()
      keys.add(key, new, under: known)
      #expect(taken(&keys, [old], key) == [isTaken])
    }
  }

  @Test("A load that began afterwards ends it, one that began before does not")
  func catchingUp() {
    var keys = OutrunKeys()
    let before = keys.lastSerial
    keys.add(key, new, under: [1, 2])
    keys.caughtUp(key, from: before)
    #expect(taken(&keys, [old], key) == [false])
    keys.caughtUp(key, from: keys.lastSerial)
    #expect(taken(&keys, [old], key) == [true])
    #expect(keys.count == 0)
  }
}
