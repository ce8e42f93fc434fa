/// What a family is, apart from its series.
struct MetricDescriptor: Sendable {
  /// Whether values are recorded into instruments or read at scrape time.
  enum Source: Sendable {
    case instruments
    case readers
  }

  let name: String
  let help: String
  let type: FamilyType
  let source: Source

  /// Throws when the name is malformed.
  init(name: String, help: String, type: FamilyType, source: Source = .instruments) throws(MetricConflict) {
    guard MetricName.isMetric(name) else { throw MetricConflict("metric name \"\(name)\" is malformed") }
    self.name = name
    self.help = help
    self.type = type
    self.source = source
  }

  /// Every name that the family's samples have; no other family may use one of them.
  var sampleNames: [String] {
    switch type {
    case .counter, .gauge: [name]
    case .histogram: [name, "\(name)_bucket", "\(name)_sum", "\(name)_count"]
    }
  }

  /// Throws when two registrations of a name mean different families. The first help text stays.
  func requireSame(as other: MetricDescriptor) throws(MetricConflict) {
    guard type.word == other.type.word else {
      throw MetricConflict("metric \"\(name)\" is already a \(type.word), not a \(other.type.word)")
    }
    guard type == other.type else {
      throw MetricConflict("metric \"\(name)\" is already a histogram of other buckets")
    }
    guard source == other.source else {
      throw MetricConflict("metric \"\(name)\" already has \(source), not \(other.source)")
    }
  }
}
