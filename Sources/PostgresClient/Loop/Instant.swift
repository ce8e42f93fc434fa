import Glibc

/// A point of the machine's monotonic clock, in nanoseconds.
struct Instant: Comparable, Sendable {
  static let distantFuture = Instant(nanoseconds: .max)

  var nanoseconds: UInt64

  static var now: Instant {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Instant(nanoseconds: UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec))
  }

  static func < (left: Self, right: Self) -> Bool { left.nanoseconds < right.nanoseconds }

  /// Never overflows: what lies too far is the distant future.
  static func + (left: Self, right: Duration) -> Self {
    let (seconds, attoseconds) = right.components
    guard seconds >= 0 else { return left }
    let (whole, overflows) = UInt64(seconds).multipliedReportingOverflow(by: 1_000_000_000)
    let (sum, overflowsToo) = left.nanoseconds.addingReportingOverflow(
      whole &+ UInt64(clamping: attoseconds / 1_000_000_000))
    return overflows || overflowsToo ? .distantFuture : Instant(nanoseconds: sum)
  }

  /// The time from `left` back to `right`; zero when `right` is later.
  static func - (left: Self, right: Self) -> Duration {
    .nanoseconds(left > right ? Int64(clamping: left.nanoseconds - right.nanoseconds) : 0)
  }
}
