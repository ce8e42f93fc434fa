package import Logging

/// Writes each event as one line on standard error: as JSON for machines, as text for people.
///
/// Control characters are escaped in both forms, so that nothing a client sends can forge a line or steer a terminal.
package struct LineLogHandler: LogHandler {
  package var metadata: Logger.Metadata = [:]
  package var logLevel: Logger.Level
  private let label: String
  private let isJSON: Bool
  private let now: @Sendable () -> String
  private let write: @Sendable (String) -> Void

  /// - Parameters:
  ///   - now: the time of an event, as RFC 3339.
  ///   - write: takes one line with its line feed; called from many threads.
  package init(
    label: String, level: Logger.Level, isJSON: Bool, now: @escaping @Sendable () -> String,
    write: @escaping @Sendable (String) -> Void
  ) {
    self.label = label
    logLevel = level
    self.isJSON = isJSON
    self.now = now
    self.write = write
  }

  package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  package func log(event: LogEvent) {
    let fields = metadata.merging(event.metadata ?? [:]) { $1 }.sorted { $0.key < $1.key }
    let message = event.message.description
    write(isJSON ? json(event.level, message, fields) : text(event.level, message, fields))
  }

  private typealias Fields = [Dictionary<String, Logger.MetadataValue>.Element]

  private func json(_ level: Logger.Level, _ message: String, _ fields: Fields) -> String {
    let head = [("time", now()), ("level", level.rawValue), ("logger", label), ("message", message)]
    let members = head + fields.map { ($0.key, $0.value.description) }
    let body = members.map { "\"\(LogText.escape($0.0))\":\"\(LogText.escape($0.1))\"" }
    return "{\(body.joined(separator: ","))}\n"
  }

  private func text(_ level: Logger.Level, _ message: String, _ fields: Fields) -> String {
    let details = fields.map { " \(LogText.escape($0.key))=\(LogText.escape($0.value.description))" }.joined()
    return "\(now()) \(level.rawValue.uppercased()) \(LogText.escape(message))\(details)\n"
  }
}

/// The escaping of log texts: that of JSON strings (RFC 8259, section 7), and of every other control character.
enum LogText {
  static func escape(_ text: String) -> String {
    guard text.unicodeScalars.contains(where: needsEscape) else { return text }
    return text.unicodeScalars.reduce(into: "") { result, scalar in
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\r": result += "\\r"
      case "\t": result += "\\t"
      case _ where needsEscape(scalar):
        let digits = String(scalar.value, radix: 16)
        result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: result.unicodeScalars.append(scalar)
      }
    }
  }

  private static func needsEscape(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0...0x1F, 0x22, 0x5C, 0x7F...0x9F, 0x2028, 0x2029: true
    default: false
    }
  }
}
