/// The families by name, and which family each sample name belongs to.
struct FamilyTable: Sendable {
  private var families: [String: MetricFamily] = [:]
  private var owners: [String: String] = [:]
  private let labelSetLimit: Int

  init(labelSetLimit: Int) { self.labelSetLimit = labelSetLimit }

  /// All families, sorted by name.
  var sorted: [MetricFamily] { families.values.sorted { $0.descriptor.name < $1.descriptor.name } }

  /// The instrument of a label set, made on first use together with its family.
  mutating func instrument<I: Instrument>(
    _ descriptor: MetricDescriptor, labels: MetricLabels, make: () -> I
  ) throws(MetricConflict) -> I {
    if case .histogram = descriptor.type, labels.names.contains("le") {
      throw MetricConflict("histogram \"\(descriptor.name)\" cannot have a label \"le\" of its own")
    }
    try claim(descriptor)
    return try families[descriptor.name, default: MetricFamily(descriptor, labelSetLimit: labelSetLimit)]
      .instrument(labels, make: make)
  }

  /// Adds a reader to a family, which is made when it does not exist.
  mutating func add(_ reader: @escaping MetricReader, to descriptor: MetricDescriptor) throws(MetricConflict) {
    try claim(descriptor)
    families[descriptor.name, default: MetricFamily(descriptor, labelSetLimit: labelSetLimit)].add(reader)
  }

  /// Sums values read for a family by label text; counts the rows whose labels do not fit it.
  mutating func fold(
    _ rows: [(labels: [(String, String)], value: Double)], into descriptor: MetricDescriptor
  ) -> (samples: [String: Double], rejected: Int) {
    families[descriptor.name]?.fold(rows) ?? ([:], rows.count)
  }

  /// Throws when the family, or one of its sample names, is already something else.
  private mutating func claim(_ descriptor: MetricDescriptor) throws(MetricConflict) {
    if let existing = families[descriptor.name]?.descriptor { return try existing.requireSame(as: descriptor) }
    for name in descriptor.sampleNames {
      if let owner = owners[name] { throw MetricConflict("\"\(name)\" already belongs to metric \"\(owner)\"") }
    }
    for name in descriptor.sampleNames { owners[name] = descriptor.name }
  }
}
