import CoreMetrics

/// Counts for a swift-metrics counter; amounts that are not positive are ignored.
final class CounterBackend: CounterHandler {
  private let counter: Counter

  init(_ counter: Counter) { self.counter = counter }

  func increment(by amount: Int64) { counter.increment(by: Int(clamping: max(amount, 0))) }
  func reset() { counter.reset() }
}

/// Counts for a swift-metrics floating point counter.
final class FloatingCounterBackend: FloatingPointCounterHandler {
  private let counter: FloatingCounter

  init(_ counter: FloatingCounter) { self.counter = counter }

  func increment(by amount: Double) { counter.increment(by: amount) }
  func reset() { counter.reset() }
}

/// Keeps the last value of a swift-metrics meter, or of a recorder that does not aggregate.
final class GaugeBackend: MeterHandler, RecorderHandler {
  private let gauge: Gauge

  init(_ gauge: Gauge) { self.gauge = gauge }

  func set(_ value: Int64) { gauge.set(Double(value)) }
  func set(_ value: Double) { gauge.set(value) }
  func record(_ value: Int64) { gauge.set(Double(value)) }
  func record(_ value: Double) { gauge.set(value) }

  /// Amounts that are negative or not finite are ignored, as the meter of swift-metrics itself does.
  func increment(by amount: Double) { if amount.isFinite, amount > 0 { gauge.add(amount) } }
  func decrement(by amount: Double) { if amount.isFinite, amount > 0 { gauge.add(-amount) } }
}

/// Distributes the values of a swift-metrics recorder.
final class HistogramBackend: RecorderHandler {
  private let histogram: Histogram

  init(_ histogram: Histogram) { self.histogram = histogram }

  func record(_ value: Int64) { histogram.observe(Double(value)) }
  func record(_ value: Double) { histogram.observe(value) }
}

/// Distributes the durations of a swift-metrics timer, in seconds.
final class TimerBackend: TimerHandler {
  private let histogram: Histogram

  init(_ histogram: Histogram) { self.histogram = histogram }

  /// A duration below zero, which a clock set back can give, counts as zero: the sum must not fall.
  func recordNanoseconds(_ duration: Int64) { histogram.observe(Double(max(duration, 0)) / 1e9) }
}
