import Foundation

/// What a command tells on standard output: a text for people, or JSON for programs.
enum Output {
  /// Prints lines on standard error.
  static func warn(_ lines: [String]) {
    // Nobody may be there to read them; the exit code tells too.
    try? FileHandle.standardError.write(contentsOf: Data(lines.map { $0 + "\n" }.joined().utf8))
  }

  /// Prints `value` as one JSON document when asked for, else `text`.
  static func print(_ value: some Encodable, _ json: Bool, _ text: String) {
    // Lists and texts always encode.
    let line = json ? (try? document(value)) ?? Data() : Data(text.utf8)
    // Nobody may be there to read it.
    try? FileHandle.standardOutput.write(contentsOf: line + Data("\n".utf8))
  }

  /// A value as one JSON document.
  static func document(_ value: some Encodable) throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return try encoder.encode(value)
  }
}
