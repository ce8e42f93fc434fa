import CoreMetrics
import Kernel
import Synchronization

/// What the cache has done since it was made.
final class CacheCounters: Sendable {
  /// Loads begun.
  let loads = Atomic<Int>(0)
  /// Reads given a value past its time because its load failed or was slow.
  let staleServes = Atomic<Int>(0)
  /// Loads begun in the background for values near their end.
  let refreshes = Atomic<Int>(0)
  /// Times tags were made stale, by changes here.
  let bumps = Atomic<Int>(0)
  /// Bytes that were given to be compressed, and that were kept of them.
  let gzipInput = Atomic<Int>(0)
  let gzipOutput = Atomic<Int>(0)

  private let loadDuration = CoreMetrics.Timer(label: "tenantry_cache_load_duration")
  private let age = CoreMetrics.Timer(label: "tenantry_cache_served_age")

  /// Takes down how long a load took, whether it went well or not.
  func loaded(from start: UInt64, to end: UInt64) {
    loadDuration.recordNanoseconds(Int64(clamping: end - min(start, end)))
  }

  /// Takes down how old what is served is, for one read of sixteen: the low bits of the time choose.
  func served(_ madeAt: UInt64, at now: UInt64) {
    if now >> 6 & 15 == 0 { age.recordNanoseconds(Int64(clamping: now - min(madeAt, now))) }
  }
}
