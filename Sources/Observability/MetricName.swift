/// Which names text format 0.0.4 takes, and how other names become such names.
enum MetricName {
  /// Whether a metric may have this name: `[a-zA-Z_:][a-zA-Z0-9_:]*`.
  static func isMetric(_ text: String) -> Bool {
    startsWithoutDigit(text) && text.unicodeScalars.allSatisfy { isWord($0) || $0 == ":" }
  }

  /// Whether a label may have this name: `[a-zA-Z_][a-zA-Z0-9_]*`.
  static func isLabel(_ text: String) -> Bool {
    startsWithoutDigit(text) && text.unicodeScalars.allSatisfy(isWord)
  }

  /// The name with every other character as an underscore, and one in front of a leading digit.
  static func sanitized(_ text: String) -> String {
    var name = String(String.UnicodeScalarView(text.unicodeScalars.map { isWord($0) ? $0 : "_" }))
    if !startsWithoutDigit(name) { name = "_" + name }
    return name
  }

  private static func startsWithoutDigit(_ text: String) -> Bool {
    guard let first = text.unicodeScalars.first else { return false }
    return !("0"..."9").contains(first)
  }

  private static func isWord(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case "a"..."z", "A"..."Z", "0"..."9", "_": true
    default: false
    }
  }
}
