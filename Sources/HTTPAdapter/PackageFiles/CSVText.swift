/// How fields are written as CSV (RFC 4180), and made harmless for spreadsheets.
enum CSVText {
  /// A record with its line end.
  static func record(_ fields: [String]) -> String { fields.map(quoted).joined(separator: ",") + "\r\n" }

  /// A text that a spreadsheet will not take for a formula: one that begins like one has an apostrophe put in front
  /// (OWASP, CSV injection). ``unguarded(_:)`` gives every text back as it was.
  static func guarded(_ text: String) -> String { isFormula(text) ? "'" + text : text }

  /// The text that ``guarded(_:)`` made this of.
  static func unguarded(_ text: String) -> String {
    text.hasPrefix("'") && isFormula(text) ? String(text.dropFirst()) : text
  }

  private static func quoted(_ field: String) -> String {
    let mustQuote = field.utf8.contains { byte in
      byte == UInt8(ascii: ",") || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\n")
        || byte == UInt8(ascii: "\r")
    }
    return mustQuote ? "\"" + field.replacing("\"", with: "\"\"") + "\"" : field
  }

  /// Whether a text begins, after any apostrophes, with what spreadsheets take for a formula.
  private static func isFormula(_ text: String) -> Bool {
    switch text.unicodeScalars.first(where: { $0 != "'" }) {
    case "=", "+", "-", "@", "\t", "\r", "\n": true
    default: false
    }
  }
}
