import Synchronization

/// What the cache has done since it was made.
final class CacheCounters: Sendable {
  /// Loads begun.
  let loads = Atomic<Int>(0)
  /// Reads given a value past its time because its load failed or was slow.
  let staleServes = Atomic<Int>(0)
  /// Loads begun in the background for values near their end.
  let refreshes = Atomic<Int>(0)
}
