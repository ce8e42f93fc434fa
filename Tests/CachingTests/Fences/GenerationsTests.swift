import Testing

@testable import Caching

@Suite("Generations")
struct GenerationsTests {
  private let generations = Generations()
  private let tags = FenceTags(scope: .platform, names: ["venue"])
  private let venue = CacheTag.named("venue", .platform)

  @Test("A stamp is current as long as nothing happens")
  func current() {
    let stamp = generations.stamp(tags)
    #expect(!stamp.isInDoubt)
    #expect(generations.isCurrent(stamp))
    #expect(generations.stamp(tags) == stamp)
  }

  @Test("While a change is under way no older stamp is current, and new ones are in doubt")
  func doubt() {
    let before = generations.stamp(tags)
    generations.raiseDoubt([venue])
    #expect(!generations.isCurrent(before))
    #expect(generations.stamp(tags).isInDoubt)
    generations.settleDoubt([venue], changed: true)
    #expect(!generations.isCurrent(before))
    #expect(!generations.stamp(tags).isInDoubt)
  }

  @Test("A change that did not happen makes older stamps current again, and not those taken meanwhile")
  func unchanged() {
    let before = generations.stamp(tags)
    generations.raiseDoubt([venue])
    let meanwhile = generations.stamp(tags)
    generations.settleDoubt([venue], changed: false)
    #expect(generations.isCurrent(before))
    #expect(!generations.isCurrent(meanwhile))
  }

  @Test("Doubt lasts until the last of the changes that overlap is settled", arguments: [true, false])
  func overlap(changed: Bool) {
    let before = generations.stamp(tags)
    for _ in 0..<3 { generations.raiseDoubt([venue]) }
    for _ in 0..<2 {
      generations.settleDoubt([venue], changed: changed)
      #expect(generations.stamp(tags).isInDoubt)
      #expect(!generations.isCurrent(before))
    }
    generations.settleDoubt([venue], changed: changed)
    #expect(!generations.stamp(tags).isInDoubt)
    #expect(generations.isCurrent(before) != changed)
  }

  @Test("A bump ends every stamp before it and raises no doubt")
  func bump() {
    let before = generations.stamp(tags)
    generations.bump([venue])
    #expect(!generations.isCurrent(before))
    #expect(!generations.stamp(tags).isInDoubt)
    #expect(generations.isCurrent(generations.stamp(tags)))
  }

  @Test("A tag that is named twice in one change is settled twice")
  func duplicates() {
    generations.raiseDoubt([venue, venue])
    generations.settleDoubt([venue, venue], changed: true)
    #expect(!generations.stamp(tags).isInDoubt)
  }

  @Test("The owner's tag is in every stamp of the owner, and each of three names is in its own")
  func places() {
    let three = FenceTags(scope: .platform, names: ["a", "b", "c"])
    let changes: [CacheTag] = [.all(.platform)] + ["a", "b", "c"].map { .named($0, .platform) }
    for change in changes {
      let stamp = generations.stamp(three)
      generations.bump([change])
      #expect(!generations.isCurrent(stamp))
    }
  }

  @Test("A change leaves the stamps of other places as they are")
  func otherPlaces() {
    let others = (0..<1000).map { FenceTags(scope: .platform, names: ["other \($0)"]) }
      .filter { tags in (0..<4).allSatisfy { tags.places[$0] != venue.place } }
    #expect(others.count > 900)
    let stamps = others.map { generations.stamp($0) }
    generations.raiseDoubt([venue])
    #expect(stamps.allSatisfy(generations.isCurrent))
    generations.settleDoubt([venue], changed: true)
    #expect(stamps.allSatisfy(generations.isCurrent))
  }

  @Test("Changes at the same time are all counted, and all doubt is settled")
  func concurrent() async {
    let before = generations.stamp(tags)
    await withTaskGroup(of: Void.self) { [generations, venue] group in
      for number in 0..<8 {
        group.addTask {
          for _ in 0..<2000 {
            generations.raiseDoubt([venue])
            generations.settleDoubt([venue], changed: number < 4)
          }
        }
      }
    }
    let after = generations.stamp(tags)
    #expect(!after.isInDoubt)
    #expect(after.sum - before.sum == 8000)
  }
}
