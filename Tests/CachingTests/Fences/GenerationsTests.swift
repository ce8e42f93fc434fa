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

  @Test("While a change is under way no older stamp is current, though unchanged, and new ones are in doubt")
  func doubt() {
    let before = generations.stamp(tags)
    let doubt = generations.raiseDoubt([venue])
    let meanwhile = generations.stamp(tags)
    #expect(!generations.isCurrent(before) && generations.isUnchanged(before))
    #expect(meanwhile.isInDoubt && !generations.isUnchanged(meanwhile))
    generations.settleDoubt(doubt, changed: true)
    for stamp in [before, meanwhile] { #expect(!generations.isCurrent(stamp) && !generations.isUnchanged(stamp)) }
    #expect(!generations.stamp(tags).isInDoubt)
  }

  @Test("A change that may have been seen by one of its tags counts under all of them at once, and others do not")
  func revealed() {
    let (elsewhere, price) = (CacheTag.named("elsewhere", .platform), CacheTag.named("price", .platform))
    let stamps = ["venue", "price", "elsewhere"].map { generations.stamp(FenceTags(scope: .platform, names: [$0])) }
    let doubts = [generations.raiseDoubt([venue, price]), generations.raiseDoubt([elsewhere])]
    for _ in 0..<2 {
      generations.reveal(tags)
      #expect(stamps.map(generations.isUnchanged) == [false, false, true])
    }
    let revealed = generations.stamp(tags).sum
    generations.reveal(tags)
    #expect(generations.stamp(tags).sum == revealed, "it counts once")
    for doubt in doubts { generations.settleDoubt(doubt, changed: false) }
    #expect(stamps.map(generations.isUnchanged) == [false, false, true])
    generations.reveal(tags)
    #expect(generations.isCurrent(generations.stamp(tags)))
  }

  @Test("A change that did not happen makes older stamps current again, and not those taken meanwhile")
  func unchanged() {
    let before = generations.stamp(tags)
    let doubt = generations.raiseDoubt([venue])
    let meanwhile = generations.stamp(tags)
    generations.settleDoubt(doubt, changed: false)
    #expect(generations.isCurrent(before))
    #expect(!generations.isCurrent(meanwhile))
  }

  @Test("Doubt lasts until the last of the changes that overlap is settled", arguments: [true, false])
  func overlap(changed: Bool) {
    let before = generations.stamp(tags)
    let doubts = (0..<3).map { _ in generations.raiseDoubt([venue]) }
    for doubt in doubts.dropLast() {
      generations.settleDoubt(doubt, changed: changed)
      #expect(generations.stamp(tags).isInDoubt)
      #expect(!generations.isCurrent(before))
    }
    generations.settleDoubt(doubts[2], changed: changed)
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
    generations.settleDoubt(generations.raiseDoubt([venue, venue]), changed: true)
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
    let doubt = generations.raiseDoubt([venue])
    #expect(stamps.allSatisfy(generations.isCurrent))
    generations.settleDoubt(doubt, changed: true)
    #expect(stamps.allSatisfy(generations.isCurrent))
  }

  @Test("Tags that share a place are told apart by what is heard of them: hearing the same again is no change")
  func sharedPlace() throws {
    let tagsByPlace = Dictionary(grouping: (0..<5000).map { CacheTag.named("tag \($0)", .platform) }, by: \.place)
    let sharing = try #require(tagsByPlace.values.first { $0.count > 1 })
    let pair = (sharing[0], sharing[1])
    generations.learn(pair.0, nonce: 10)
    generations.learn(pair.1, nonce: 20)
    let stamp = generations.stamp(FenceTags(scope: .platform, names: [pair.0.name]))
    for _ in 0..<3 {
      generations.learn(pair.0, nonce: 10)
      generations.learn(pair.1, nonce: 20)
    }
    #expect(generations.isCurrent(stamp))
    #expect(generations.nonces([pair.0, pair.1]) == [10, 20])
    generations.learn(pair.1, nonce: 21)
    #expect(!generations.isCurrent(stamp))
  }

  @Test(
    "A nonce that is not the one that was known is a change; the first one is none, and neither is to know it no longer"
  )
  func learning() {
    let stamp = generations.stamp(tags)
    generations.learn(venue, nonce: 10)
    generations.learn(venue, nonce: 10)
    generations.unsettle([venue])
    #expect(generations.isCurrent(stamp))
    #expect(generations.nonces([venue]) == [0])
    generations.learn(venue, nonce: 10)
    #expect(!generations.isCurrent(stamp))
    #expect(generations.nonces([venue]) == [10])
  }

  @Test("However many tags are heard of, a bounded number is known, and those that are forgotten count as changed")
  func bounded() {
    let known = KnownNonces(most: 640)
    let all = (0..<5000).map { CacheTag.named("tag \($0)", .platform) }
    var moved: Set<CacheTag> = []
    for (number, tag) in all.enumerated() { known.note(tag, UInt64(number + 1)) { moved.formUnion($0) } }
    let kept = all.filter { known[$0] != nil }
    #expect((64...640).contains(kept.count))
    #expect(moved.isDisjoint(with: kept))
    #expect(moved.count + kept.count == all.count)
    for (number, tag) in all.enumerated() where known[tag] != nil { #expect(known[tag] == UInt64(number + 1)) }
  }

  @Test("Changes at the same time are all counted, and all doubt is settled")
  func concurrent() async {
    let before = generations.stamp(tags)
    await withTaskGroup(of: Void.self) { [generations, venue] group in
      for number in 0..<8 {
        group.addTask {
          for _ in 0..<2000 {
            generations.settleDoubt(generations.raiseDoubt([venue]), changed: number < 4)
          }
        }
      }
    }
    let after = generations.stamp(tags)
    #expect(!after.isInDoubt)
    #expect(after.sum - before.sum == 8000)
  }
}
