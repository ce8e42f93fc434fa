import Synchronization

/// The generations of all tags on this instance: a fixed table of atomic words, read without a lock.
///
/// The low 48 bits of a word count the changes; the high 16 bits count the changes that are under way and may or may
/// not have happened (doubt). A load notes the words of its key's tags before it begins, and what it brings is kept if
/// they are what they were, so a load that began before a change can leave nothing behind that outlives it. What is kept is
/// valid as long as no change is counted: one that is under way does not end it, unless somebody may have seen it.
///
/// Sound to share: the words are atomic, and the memory that holds them lives exactly as long as the table. The nonces and
/// the doubts have locks of their own, nothing else is mutable, and the pointer itself never leaves this type.
final class Generations: @unchecked Sendable {
  /// As many as a place in ``FenceTags`` can name.
  static let size = 1 << 16
  private static let doubt: UInt64 = 1 << 48
  /// Stands for a nonce, and is none.
  private static let unsettled: UInt64 = 1

  private let words = allocate()
  private let known = KnownNonces()
  private let doubts = Mutex<[ObjectIdentifier: Doubt]>([:])

  deinit {
    words.deinitialize(count: Self.size)
    words.deallocate()
  }

  private static func allocate() -> UnsafeMutablePointer<Atomic<UInt64>> {
    let stride = MemoryLayout<Atomic<UInt64>>.stride
    let bytes = UnsafeMutableRawPointer.allocate(byteCount: size * stride, alignment: stride)
    // An atomic word of 0 is eight bytes of 0. At once, since one by one it takes milliseconds in a debug build.
    bytes.initializeMemory(as: UInt8.self, repeating: 0, count: size * stride)
    return bytes.bindMemory(to: Atomic<UInt64>.self, capacity: size)
  }

  /// What the generations of `tags` are now.
  /// - Parameter trust: the mark of ``LocalTrust``, taken before.
  func stamp(_ tags: FenceTags, trust: UInt32 = 0) -> FenceStamp {
    let (sum, isInDoubt) = current(tags)
    return FenceStamp(tags: tags, sum: sum, trust: trust, isInDoubt: isInDoubt)
  }

  /// Whether nothing that `stamp` covers has changed or begun to change since it was taken. Never so for a stamp that was
  /// taken in doubt.
  ///
  /// Counts only grow, and each is read after it was read for the stamp: where the sums are equal every count is.
  func isCurrent(_ stamp: FenceStamp) -> Bool {
    let (sum, isInDoubt) = current(stamp.tags)
    return sum == stamp.sum && !isInDoubt
  }

  /// Whether no change of what `stamp` covers has been counted since it was taken; there may be some under way. Never so for
  /// a stamp that was taken in doubt.
  func isUnchanged(_ stamp: FenceStamp) -> Bool { current(stamp.tags).sum & (Self.doubt - 1) == stamp.sum }

  /// A change of `tags` may happen from now on.
  func raiseDoubt(_ tags: [CacheTag]) -> Doubt {
    let doubt = Doubt(tags)
    // In this order, so that whoever sees the words finds the doubt.
    doubts.withLock { $0[ObjectIdentifier(doubt)] = doubt }
    for tag in tags { words[Int(tag.place)].wrappingAdd(Self.doubt, ordering: .sequentiallyConsistent) }
    return doubt
  }

  /// The change is settled: `changed` tells whether it happened, or may have.
  func settleDoubt(_ doubt: Doubt, changed: Bool) {
    // Counted under all of its tags before the first of them is no longer in doubt.
    if changed { reveal(doubt) }
    for tag in doubt.tags { words[Int(tag.place)].wrappingSubtract(Self.doubt, ordering: .sequentiallyConsistent) }
    doubts.withLock { $0[ObjectIdentifier(doubt)] = nil }
  }

  /// Somebody is about to be given what was read under `tags` and may show changes that are under way: whatever they touch,
  /// also under other tags, counts as changed from now on.
  func reveal(_ tags: FenceTags) {
    guard current(tags).isInDoubt else { return }
    for doubt in doubts.withLock({ Array($0.values) }) where doubt.touches(tags) { reveal(doubt) }
  }

  /// The change may have been seen.
  func reveal(_ doubt: Doubt) {
    guard !doubt.isRevealed.load(ordering: .acquiring) else { return }
    // In this order, so that nobody takes for counted what is not.
    bump(doubt.tags)
    doubt.isRevealed.store(true, ordering: .releasing)
  }

  /// The tags have changed.
  func bump(_ tags: [CacheTag]) {
    for tag in tags { words[Int(tag.place)].wrappingAdd(1, ordering: .sequentiallyConsistent) }
  }

  /// Everything may have changed.
  func bumpAll() {
    for place in 0..<Self.size { words[place].wrappingAdd(1, ordering: .sequentiallyConsistent) }
  }

  /// Takes note of a tag's shared generation. One that differs from what was known is a change that happened elsewhere:
  /// what this instance has in memory under the tag is stale from now on.
  ///
  /// The change is counted before the nonce is noted, so that whoever finds the nonce known also finds it counted. A tag
  /// whose nonce is forgotten for lack of room counts as changed.
  func learn(_ tag: CacheTag, nonce: UInt64) { known.note(tag, nonce, moved: bump) }

  /// The shared generations of some tags as they were last heard of; 0 for those that are not known.
  func nonces(_ tags: [CacheTag]) -> [UInt64] {
    tags.map { tag in
      let nonce = known[tag] ?? Self.unsettled
      return nonce == Self.unsettled ? 0 : nonce
    }
  }

  /// Something is loaded under these tags without their shared generations being known: whatever they turn out to be
  /// counts as a change.
  func unsettle(_ tags: [CacheTag]) {
    for tag in tags { known.note(tag, Self.unsettled, isNews: false, moved: bump) }
  }

  /// The sum of the words at a key's four places, and whether any has a change under way.
  private func current(_ tags: FenceTags) -> (sum: UInt64, isInDoubt: Bool) {
    let (x, y, z, w) = (
      word(tags.places.x), word(tags.places.y), word(tags.places.z), word(tags.places.w)
    )
    return (x &+ y &+ z &+ w, (x | y | z | w) >= Self.doubt)
  }

  private func word(_ place: UInt16) -> UInt64 {
    words[Int(place)].load(ordering: .acquiring)
  }
}

/// The generations of a key's tags at one moment.
struct FenceStamp: Equatable, Sendable {
  let tags: FenceTags
  /// The sum of their counts.
  let sum: UInt64
  /// The mark of ``LocalTrust`` at that moment.
  let trust: UInt32
  /// Whether a change of one of the tags was under way.
  let isInDoubt: Bool
}
