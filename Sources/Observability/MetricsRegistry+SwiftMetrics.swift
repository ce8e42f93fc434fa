package import CoreMetrics

/// Exports what libraries report through swift-metrics: `MetricsSystem.bootstrap(registry)`.
///
/// Characters that Prometheus does not take become underscores. A metric that does not fit the family of its name is
/// ignored and counted in `metrics_conflicts_total`; a library never stops the process.
extension MetricsRegistry: MetricsFactory {
  /// A counter of the label's name.
  package func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
    registered(label, .counter, dimensions, make: Counter.init).map(CounterBackend.init) ?? NOOPMetricsHandler.instance
  }

  /// A counter of the label's name that grows by fractions.
  package func makeFloatingPointCounter(
    label: String, dimensions: [(String, String)]
  ) -> any FloatingPointCounterHandler {
    registered(label, .counter, dimensions, make: FloatingCounter.init).map(FloatingCounterBackend.init)
      ?? NOOPMetricsHandler.instance
  }

  /// A gauge of the label's name.
  package func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
    registered(label, .gauge, dimensions, make: Gauge.init).map(GaugeBackend.init) ?? NOOPMetricsHandler.instance
  }

  /// A histogram of the label's name, or a gauge when values are not to be aggregated.
  package func makeRecorder(label: String, dimensions: [(String, String)], aggregate: Bool) -> any RecorderHandler {
    if aggregate {
      return registeredHistogram(label, .recorder, dimensions).map(HistogramBackend.init) ?? NOOPMetricsHandler.instance
    }
    return registered(label, .gauge, dimensions, make: Gauge.init).map(GaugeBackend.init) ?? NOOPMetricsHandler.instance
  }

  /// A histogram in seconds of the label's name, with `_seconds` at its end.
  package func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
    let name = MetricName.sanitized(label)
    let seconds = name.hasSuffix("_seconds") ? name : name + "_seconds"
    return registeredHistogram(seconds, .timer, dimensions).map(TimerBackend.init) ?? NOOPMetricsHandler.instance
  }

  /// Keeps the series: a total that vanishes reads as a restart, and the limit on label sets bounds the memory.
  package func destroyCounter(_ handler: any CounterHandler) {}

  /// Keeps the series, as `destroyCounter` does.
  package func destroyFloatingPointCounter(_ handler: any FloatingPointCounterHandler) {}

  /// Keeps the series, as `destroyCounter` does.
  package func destroyMeter(_ handler: any MeterHandler) {}

  /// Keeps the series, as `destroyCounter` does.
  package func destroyRecorder(_ handler: any RecorderHandler) {}

  /// Keeps the series, as `destroyCounter` does.
  package func destroyTimer(_ handler: any TimerHandler) {}

  private func registeredHistogram(
    _ label: String, _ layout: HistogramLayout, _ dimensions: [(String, String)]
  ) -> Histogram? {
    registered(label, .histogram(layout), dimensions, make: { Histogram(layout) })
  }

  /// The instrument of a library's metric; nil, and counted, when it does not fit the family of its name.
  private func registered<I: Instrument>(
    _ label: String, _ type: FamilyType, _ dimensions: [(String, String)], make: () -> I
  ) -> I? {
    do {
      let labels = dimensions.map { (MetricName.sanitized($0.0), $0.1) }
      let help = "Reported by a library through swift-metrics."
      return try instrument(MetricName.sanitized(label), help: help, type: type, labels: labels, make: make)
    } catch {
      conflicts.increment()
      return nil
    }
  }
}
