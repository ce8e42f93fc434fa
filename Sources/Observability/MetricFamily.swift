/// Reads values at scrape time.
typealias MetricReader = @Sendable () -> [(labels: [(String, String)], value: Double)]

/// All series of one name: the same type and label names, and a bounded number of label sets.
struct MetricFamily: Sendable {
  let descriptor: MetricDescriptor
  private(set) var readers: [MetricReader] = []
  private let labelSetLimit: Int
  private var labelNames: [String]?
  private var admitted: Set<String> = []
  private var instruments: [String: any Instrument] = [:]

  init(_ descriptor: MetricDescriptor, labelSetLimit: Int) {
    self.descriptor = descriptor
    self.labelSetLimit = labelSetLimit
  }

  /// The instrument of a label set, made on first use.
  mutating func instrument<I: Instrument>(_ labels: MetricLabels, make: () -> I) throws(MetricConflict) -> I {
    let key = try admit(labels)
    guard let existing = instruments[key] else {
      let made = make()
      instruments[key] = made
      return made
    }
    guard let instrument = existing as? I else {
      throw MetricConflict("metric \"\(descriptor.name)\" is already kept as \(type(of: existing))")
    }
    return instrument
  }

  mutating func add(_ reader: @escaping MetricReader) { readers.append(reader) }

  /// Sums values read at scrape time by label text; counts the rows whose labels do not fit the family.
  mutating func fold(
    _ rows: [(labels: [(String, String)], value: Double)]
  ) -> (samples: [String: Double], rejected: Int) {
    var samples: [String: Double] = [:]
    var rejected = 0
    for row in rows {
      do {
        samples[try admit(MetricLabels(row.labels)), default: 0] += row.value
      } catch {
        rejected += 1
      }
    }
    return (samples, rejected)
  }

  /// Writes the recorded series, sorted by label text.
  func writeInstruments(to text: inout ExpositionText) {
    for (labels, instrument) in instruments.sorted(by: { $0.key < $1.key }) {
      instrument.write(to: &text, name: descriptor.name, labels: labels)
    }
  }

  /// The label text to file a label set under: its own, or the folded one when the family is full.
  private mutating func admit(_ labels: MetricLabels) throws(MetricConflict) -> String {
    if let labelNames, labelNames != labels.names {
      throw MetricConflict("metric \"\(descriptor.name)\" has labels \(labelNames), not \(labels.names)")
    }
    labelNames = labels.names
    if admitted.contains(labels.text) { return labels.text }
    guard admitted.count < labelSetLimit else { return labels.folded.text }
    admitted.insert(labels.text)
    return labels.text
  }
}
