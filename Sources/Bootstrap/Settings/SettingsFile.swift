import Foundation

/// The file that `TENANTRY_CONFIG` names: `NAME=value` lines, or one JSON object with the same names if it ends in `.json`.
enum SettingsFile {
  /// What the file sets, by variable. Throws ``SettingError``.
  static func read(_ path: String) throws -> [String: String] {
    let data: Data
    do { data = try Data(contentsOf: URL(filePath: path)) } catch { throw unreadable(path) }
    guard path.hasSuffix(".json") else { return try lines(String(decoding: data, as: UTF8.self), of: path) }
    // Whatever is wrong with it, the file is refused by its path.
    let object = try? JSONSerialization.jsonObject(with: data)
    guard let members = object as? [String: Any] else { throw unreadable(path) }
    return members.filter { !($0.value is NSNull) }.mapValues(text)
  }

  private static func unreadable(_ path: String) -> SettingError {
    SettingError("TENANTRY_CONFIG", got: path, takes: "the path of a readable .env file or JSON object")
  }

  /// Lines of `NAME=value`: empty ones and those that begin with `#` are left out, `export` may stand in front. A value is the rest
  /// of its line, as it is; it may stand in quotes. The last one of a name counts.
  private static func lines(_ text: String, of path: String) throws -> [String: String] {
    var settings: [String: String] = [:]
    for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
      let line = line.trimmingCharacters(in: .whitespaces)
      if line.isEmpty || line.hasPrefix("#") { continue }
      guard let match = line.wholeMatch(of: /(?:export\s+)?([^=\s]+)\s*=\s*(.*)/) else {
        // Not quoted: it may hold a password.
        throw SettingError(
          "TENANTRY_CONFIG", got: path, takes: "a file of NAME=value lines, which line \(index + 1) is not")
      }
      settings[String(match.1)] = unquoted(match.2)
    }
    return settings
  }

  private static func unquoted(_ value: Substring) -> String {
    guard value.count > 1, let quote = value.first, quote == "\"" || quote == "'", value.last == quote else {
      return String(value)
    }
    return String(value.dropFirst().dropLast())
  }

  /// Objects stay what they are: the settings that take them take JSON.
  private static func json(_ elements: [[String: Any]]) -> String {
    // What was read as JSON can be written as such.
    guard let data = try? JSONSerialization.data(withJSONObject: elements) else { return "\(elements)" }
    return String(decoding: data, as: UTF8.self)
  }

  private static func text(_ value: Any) -> String {
    switch value {
    case let text as String: text
    case let elements as [[String: Any]] where !elements.isEmpty: json(elements)
    case let elements as [Any]: elements.map(text).joined(separator: ",")
    default: "\(value)"
    }
  }
}
