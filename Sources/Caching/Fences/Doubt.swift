import Synchronization

/// A change that is under way on this instance and may or may not happen.
final class Doubt: Sendable {
  let tags: [CacheTag]
  /// Whether it counts as changed already, since somebody may have seen it.
  let isRevealed = Atomic(false)

  init(_ tags: [CacheTag]) { self.tags = tags }

  /// Whether a key with these tags may show the change.
  func touches(_ key: FenceTags) -> Bool {
    tags.contains { tag in (0..<key.places.scalarCount).contains { key.places[$0] == tag.place } }
  }
}
