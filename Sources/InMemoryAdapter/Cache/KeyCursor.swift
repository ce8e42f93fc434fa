import Caching
import Synchronization

/// The keys that a store held at one moment and that match a pattern, matched a batch at a time.
final class KeyCursor: Sendable {
  private let rest: Mutex<ArraySlice<CacheKey>>
  private let pattern: CachePattern

  init(_ keys: [CacheKey], _ pattern: CachePattern) {
    rest = Mutex(keys[...])
    self.pattern = pattern
  }

  /// What matches among the next `count` keys, maybe nothing; nil at the end.
  func next(_ count: Int) -> [CacheKey]? {
    let keys = rest.withLock { rest in
      defer { rest = rest.dropFirst(count) }
      return rest.prefix(count)
    }
    return keys.isEmpty ? nil : keys.filter(pattern.matches)
  }
}
