/// The shape of a histogram family.
struct HistogramLayout: Equatable, Sendable {
  /// Inclusive upper bounds of the buckets, ascending, in the base unit. `+Inf` is added at the end.
  let bounds: [Double]
  /// How many parts of the base unit the sum counts in. The sum holds up to 2^63 of them.
  let partsPerUnit: Double

  /// Nanounits: seconds to the nanosecond, up to 292 years.
  init(bounds: [Double], partsPerUnit: Double = 1e9) {
    self.bounds = bounds
    self.partsPerUnit = partsPerUnit
  }

  /// Timers of swift-metrics, in seconds.
  static let timer = HistogramLayout(
    bounds: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10])

  /// Recorders of swift-metrics. Their unit is unknown and often bytes: microunits leave room for 9.2e12 of them.
  static let recorder = HistogramLayout(
    bounds: [0.01, 0.1, 1, 10, 100, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9], partsPerUnit: 1e6)

  /// Throws unless there is a bucket and the bounds are finite and ascend.
  func validate() throws(MetricConflict) {
    let ascends = zip(bounds, bounds.dropFirst()).allSatisfy { $0 < $1 }
    guard !bounds.isEmpty, bounds.allSatisfy(\.isFinite), ascends else {
      throw MetricConflict("buckets \(bounds) are not finite and ascending")
    }
  }
}
