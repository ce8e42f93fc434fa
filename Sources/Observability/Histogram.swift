import Synchronization

/// How values are distributed over buckets. Recording is a short search and two atomic additions.
package final class Histogram: Instrument {
  private let bounds: [Double]
  private let partsPerUnit: Double
  /// One per bound and one past the last; each holds its own values only, the text accumulates them.
  private let buckets: [Counter]
  private let sum = Atomic<Int>(0)

  init(_ layout: HistogramLayout) {
    bounds = layout.bounds
    partsPerUnit = layout.partsPerUnit
    buckets = (0...layout.bounds.count).map { _ in Counter() }
  }

  /// Counts a value, in the base unit, in the first bucket whose bound it does not exceed.
  ///
  /// Values that are not finite, or too large for the sum (9.2e9 units), are dropped, so that sum and count agree.
  package func observe(_ value: Double) {
    guard let parts = Int(exactly: (value * partsPerUnit).rounded()) else { return }
    var index = 0
    while index < bounds.count, value > bounds[index] { index += 1 }
    buckets[index].increment()
    sum.wrappingAdd(parts, ordering: .relaxed)
  }

  /// The count is the sum of the buckets read, so it always equals the `+Inf` bucket. `_sum` may be a value ahead.
  func write(to text: inout ExpositionText, name: String, labels: String) {
    let prefix = labels.isEmpty ? "" : labels + ","
    var count = 0
    for (bound, bucket) in zip(bounds + [.infinity], buckets) {
      count += bucket.value
      text.sample(
        "\(name)_bucket", labels: "\(prefix)le=\"\(ExpositionText.number(bound))\"", value: String(count))
    }
    let total = Double(sum.load(ordering: .relaxed)) / partsPerUnit
    text.sample("\(name)_sum", labels: labels, value: ExpositionText.number(total))
    text.sample("\(name)_count", labels: labels, value: String(count))
  }
}
