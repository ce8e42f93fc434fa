import Synchronization

/// The generations of all tags on this instance: a fixed table of atomic words, read without a lock.
///
/// The low 48 bits of a word count the changes; the high 16 bits count the changes that are under way and may or may
/// not have happened (doubt). An entry notes the words of its tags before its load begins and is valid as long as
/// they are what they were, so a load that began before a change can leave nothing behind that outlives it.
///
/// Sound to share: the words are atomic, and the memory that holds them lives exactly as long as the table.
/// Nothing else is mutable, and the pointer itself never leaves this type.
final class Generations: @unchecked Sendable {
  static let size = 65_536
  private static let doubt: UInt64 = 1 << 48

  private let words: UnsafeMutablePointer<Atomic<UInt64>>

  init() {
    words = .allocate(capacity: Self.size)
    for place in 0..<Self.size { (words + place).initialize(to: Atomic(0)) }
  }

  deinit {
    words.deinitialize(count: Self.size)
    words.deallocate()
  }

  /// What the generations of `tags` are now.
  func stamp(_ tags: FenceTags) -> FenceStamp {
    FenceStamp(tags: tags, words: current(tags))
  }

  /// Whether nothing that `stamp` covers has changed or begun to change since it was taken.
  func isCurrent(_ stamp: FenceStamp) -> Bool {
    current(stamp.tags) == stamp.words
  }

  /// A change of `tags` may happen from now on.
  func raiseDoubt(_ tags: [CacheTag]) {
    for tag in tags { words[Int(tag.place)].wrappingAdd(Self.doubt, ordering: .sequentiallyConsistent) }
  }

  /// The change is settled: `changed` tells whether it happened, or may have.
  func settleDoubt(_ tags: [CacheTag], changed: Bool) {
    let difference = changed ? 1 &- Self.doubt : 0 &- Self.doubt
    for tag in tags { words[Int(tag.place)].wrappingAdd(difference, ordering: .sequentiallyConsistent) }
  }

  /// The tags have changed.
  func bump(_ tags: [CacheTag]) {
    for tag in tags { words[Int(tag.place)].wrappingAdd(1, ordering: .sequentiallyConsistent) }
  }

  private func current(_ tags: FenceTags) -> FenceStamp.Words {
    FenceStamp.Words(
      x: word(tags.places.x), y: word(tags.places.y), z: word(tags.places.z), w: word(tags.places.w))
  }

  private func word(_ place: UInt32) -> UInt64 {
    words[Int(place)].load(ordering: .acquiring)
  }
}

/// The generations of a key's tags at one moment.
struct FenceStamp: Equatable, Sendable {
  /// The words at a key's four places.
  ///
  /// Not a `SIMD4<UInt64>`: that is aligned to 32 bytes and the memory of tasks to 16. Where one lives in an async
  /// frame, code of Swift 6.3.1 frees the wrong address and aborts: "freed pointer was not the last allocation".
  struct Words: Equatable, Sendable {
    let x, y, z, w: UInt64
  }

  let tags: FenceTags
  let words: Words

  /// Whether a change of one of the tags was under way at that moment.
  var isInDoubt: Bool {
    (words.x | words.y | words.z | words.w) >> 48 != 0
  }
}
