/// A label set in canonical form: sorted by name, so that the order of the arguments does not matter.
struct MetricLabels: Sendable {
  /// The label names, sorted.
  let names: [String]
  /// The label set as it stands between the braces of a sample, `method="GET",status="200"`; empty without labels.
  let text: String

  /// Throws when a label name is malformed or stands twice.
  init(_ pairs: [(String, String)]) throws(MetricConflict) {
    let pairs = pairs.sorted { $0.0 < $1.0 }
    for (index, pair) in pairs.enumerated() {
      guard MetricName.isLabel(pair.0) else { throw MetricConflict("label name \"\(pair.0)\" is malformed") }
      guard index == 0 || pairs[index - 1].0 != pair.0 else { throw MetricConflict("label \"\(pair.0)\" stands twice") }
    }
    self.init(sorted: pairs)
  }

  private init(sorted pairs: [(String, String)]) {
    names = pairs.map(\.0)
    text = pairs.map { "\($0.0)=\"\(ExpositionText.escapedLabelValue($0.1))\"" }.joined(separator: ",")
  }

  /// The set that stands for all sets past a family's limit.
  var folded: MetricLabels { MetricLabels(sorted: names.map { ($0, "other") }) }
}
