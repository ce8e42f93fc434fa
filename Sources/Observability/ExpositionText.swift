/// Prometheus text exposition format 0.0.4, written line by line.
///
/// Source: https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format
struct ExpositionText {
  private(set) var text = ""

  /// Writes the `# HELP` and `# TYPE` lines that open a family.
  mutating func header(_ descriptor: MetricDescriptor) {
    text += "# HELP \(descriptor.name) \(Self.escaped(descriptor.help, quote: false))\n"
    text += "# TYPE \(descriptor.name) \(descriptor.type.word)\n"
  }

  /// Writes one sample. `labels` is the escaped text between the braces.
  mutating func sample(_ name: String, labels: String, value: String) {
    text += labels.isEmpty ? "\(name) \(value)\n" : "\(name){\(labels)} \(value)\n"
  }

  /// A label value with backslash, double quote and line feed escaped.
  static func escapedLabelValue(_ value: String) -> String { escaped(value, quote: true) }

  /// A number as the format spells it: integers up to 2^53 without a fraction, `+Inf`, `-Inf`, `NaN`.
  static func number(_ value: Double) -> String {
    if value.isNaN { return "NaN" }
    if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
    if value.magnitude <= 0x1p53, let integer = Int(exactly: value) { return String(integer) }
    return value.description
  }

  /// Goes by scalars: in characters, a carriage return and a line feed are one and would pass unescaped.
  private static func escaped(_ value: String, quote: Bool) -> String {
    var result = String.UnicodeScalarView()
    for scalar in value.unicodeScalars {
      switch scalar {
      case "\\": result.append(contentsOf: "\\\\".unicodeScalars)
      case "\n": result.append(contentsOf: "\\n".unicodeScalars)
      case "\"" where quote: result.append(contentsOf: "\\\"".unicodeScalars)
      default: result.append(scalar)
      }
    }
    return String(result)
  }
}
