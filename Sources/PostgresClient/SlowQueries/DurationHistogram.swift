/// How often something took how long, in steps of a factor of two from 0.1 ms.
public struct PostgresDurationHistogram: Sendable, Equatable {
  /// The upper bounds of all buckets but the last, which has none: 0.1 ms, 0.2 ms, … 52 s.
  public static let bounds = (0..<20).map { Duration.microseconds(100) * (1 << $0) }

  /// Calls by bucket, one more than ``bounds``.
  public private(set) var counts = [Int](repeating: 0, count: 21)
  public private(set) var total = Duration.zero
  public private(set) var longest = Duration.zero

  public var count: Int { counts.reduce(0, +) }

  mutating func record(_ duration: Duration) {
    counts[Self.bounds.firstIndex { duration <= $0 } ?? Self.bounds.count] += 1
    total += duration
    longest = max(longest, duration)
  }

  /// The bound that at least that share of the calls stay under; ``longest`` where there is none.
  public func quantile(_ share: Double) -> Duration {
    var remaining = share * Double(count)
    for (bound, calls) in zip(Self.bounds, counts) {
      remaining -= Double(calls)
      if remaining <= 0 { return min(bound, longest) }
    }
    return longest
  }
}
