import Synchronization

/// The metrics of one process: hands out instruments and writes them as Prometheus text.
///
/// Asking for an instrument takes a lock; recording into one does not, so keep the instrument.
/// A malformed name, or a name that is already another family, stops the process: it is a programmer error.
package final class MetricsRegistry: Sendable {
  private let table: Mutex<FamilyTable>
  /// Registrations by libraries, and rows of readers, that were ignored because they do not fit their family.
  let conflicts: Counter

  /// Makes a registry with families of at most `labelSetLimit` label sets and one more, `other`, for all further sets.
  package init(labelSetLimit: Int = 2_000) {
    precondition(labelSetLimit > 0, "a family needs room for a label set")
    var table = FamilyTable(labelSetLimit: labelSetLimit)
    conflicts = Self.stopOnConflict { () throws(MetricConflict) in
      let descriptor = try MetricDescriptor(
        name: "metrics_conflicts_total", help: "Metrics ignored because they do not fit the family of their name.",
        type: .counter)
      return try table.instrument(descriptor, labels: MetricLabels([])) { Counter() }
    }
    self.table = Mutex(table)
  }

  /// The counter of a name and label set; the same object each time, whatever the order of the labels.
  package func counter(_ name: String, help: String, labels: [(String, String)] = []) -> Counter {
    Self.stopOnConflict { () throws(MetricConflict) in
      try instrument(name, help: help, type: .counter, labels: labels) { Counter() }
    }
  }

  /// The gauge of a name and label set; the same object each time, whatever the order of the labels.
  package func gauge(_ name: String, help: String, labels: [(String, String)] = []) -> Gauge {
    Self.stopOnConflict { () throws(MetricConflict) in
      try instrument(name, help: help, type: .gauge, labels: labels) { Gauge() }
    }
  }

  /// The histogram of a name and label set; `buckets` are ascending upper bounds in the base unit, without `+Inf`.
  package func histogram(
    _ name: String, help: String, labels: [(String, String)] = [], buckets: [Double]
  ) -> Histogram {
    Self.stopOnConflict { () throws(MetricConflict) in
      let layout = HistogramLayout(bounds: buckets)
      try layout.validate()
      return try instrument(name, help: help, type: .histogram(layout), labels: labels) { Histogram(layout) }
    }
  }

  /// Registers values that are read at each scrape, outside the registry's lock.
  ///
  /// Values of the same label set, also from several readers of one name, are added up.
  /// A row whose label names differ from the first row's is left out and counted in `metrics_conflicts_total`.
  package func onCollect(
    _ name: String, help: String, kind: MetricKind,
    _ read: @escaping @Sendable () -> [(labels: [(String, String)], value: Double)]
  ) {
    Self.stopOnConflict { () throws(MetricConflict) in
      let descriptor = try MetricDescriptor(name: name, help: help, type: FamilyType(kind), source: .readers)
      try table.withLock { table throws(MetricConflict) in try table.add(read, to: descriptor) }
    }
  }

  /// All metrics in Prometheus text format 0.0.4, sorted by name and label text.
  package func prometheusText() -> String {
    var text = ExpositionText()
    for family in table.withLock(\.sorted) {
      text.header(family.descriptor)
      family.writeInstruments(to: &text)
      for (labels, value) in collect(family).sorted(by: { $0.key < $1.key }) {
        text.sample(family.descriptor.name, labels: labels, value: ExpositionText.number(value))
      }
    }
    return text.text
  }

  /// The instrument of a name and label set. Throws when the name is malformed or another family.
  func instrument<I: Instrument>(
    _ name: String, help: String, type: FamilyType, labels: [(String, String)], make: () -> I
  ) throws(MetricConflict) -> I {
    let descriptor = try MetricDescriptor(name: name, help: help, type: type)
    let labels = try MetricLabels(labels)
    return try table.withLock { table throws(MetricConflict) in
      try table.instrument(descriptor, labels: labels, make: make)
    }
  }

  private func collect(_ family: MetricFamily) -> [String: Double] {
    let rows = family.readers.flatMap { $0() }
    if rows.isEmpty { return [:] }
    let (samples, rejected) = table.withLock { $0.fold(rows, into: family.descriptor) }
    conflicts.increment(by: rejected)
    return samples
  }

  /// `fatalError` and not `preconditionFailure`: the reason must be readable in release builds too.
  private static func stopOnConflict<Result>(_ body: () throws(MetricConflict) -> Result) -> Result {
    do { return try body() } catch { fatalError("metrics: \(error.reason)") }
  }
}
