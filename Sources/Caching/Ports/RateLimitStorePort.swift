/// Counts what subjects use in sliding windows that instances share.
///
/// Guarantees of every implementation:
/// - In no window of the given length, by the store's clock and wherever it begins, more than the limit is granted to a
///   subject, as long as the limit stays the same and nothing is lost to eviction, fail-over or a restart.
/// - What was granted comes free again when its window has passed, and at most 1 % of a window later. So a steady
///   caller gets at least 99 % of its limit.
/// - Each call takes effect at one moment, in one round trip.
/// - Failures are thrown as ``CacheStoreError``; a call that throws ``CacheStoreError/timedOut`` may have counted.
public protocol RateLimitStorePort: Sendable {
  /// Takes up to `count` units of `limit` units per `window`: as many as are left. Several at once are a lease for the
  /// caller to spend. What is not granted is not counted; a count of 0 only looks.
  ///
  /// Windows of different lengths under one key are counted apart. A window lasts a millisecond or more.
  func take(
    _ count: Int, of limit: Int, per window: Duration, for key: CacheKey
  ) async throws(CacheStoreError) -> RateLimitGrant

  /// Gives back units of a grant that were not used, as if they had not been taken. Those that have left the window
  /// meanwhile are none to give back. Never more than were granted in all.
  func giveBack(
    _ count: Int, of grant: RateLimitGrant, per window: Duration, for key: CacheKey
  ) async throws(CacheStoreError)

  /// This store with a limit for each of its calls, which then end soon after it by themselves, with
  /// ``CacheStoreError/timedOut`` or ``CacheStoreError/unavailable``; nil where it does not keep the time, so that callers
  /// must.
  func limited(to limit: Duration) -> (any RateLimitStorePort)?
}

extension RateLimitStorePort {
  /// Callers must keep the time.
  public func limited(to limit: Duration) -> (any RateLimitStorePort)? { nil }
}

/// What ``RateLimitStorePort/take(_:of:per:for:)`` gave.
public struct RateLimitGrant: Hashable, Sendable {
  /// From 0 to what was asked for.
  public let granted: Int
  /// How many more units could be taken now.
  public let remaining: Int
  /// Until a unit comes free that is not free now; zero when all are.
  public let resetAfter: Duration
  /// Where the store counted the units; says nothing to others.
  public let place: Int

  /// What was granted, what is left, and where the store counted it.
  public init(granted: Int, remaining: Int, resetAfter: Duration, place: Int) {
    self.granted = granted
    self.remaining = remaining
    self.resetAfter = resetAfter
    self.place = place
  }
}

/// How finely a window is counted.
package enum RateLimitSlots {
  /// A window in 128 slots: what is counted leaves with its slot, so at most 1/128 of a window late.
  package static let perWindow = 128

  /// The length of a slot in microseconds.
  package static func length(ofWindow microseconds: Int) -> Int {
    max(1, (microseconds + perWindow - 1) / perWindow)
  }

  /// A window in whole microseconds, at least a millisecond and at most a year.
  package static func microseconds(_ window: Duration) -> Int {
    Int(min(max(window, .milliseconds(1)), .seconds(366 * 86_400)) / .microseconds(1))
  }
}
