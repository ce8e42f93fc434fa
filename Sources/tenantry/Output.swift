import Bootstrap
import Foundation

/// What a command tells on standard output: a text for people, or JSON for programs.
enum Output {
  /// Prints lines on standard error.
  static func warn(_ lines: [String]) {
    // Nobody may be there to read them; the exit code tells too.
    try? FileHandle.standardError.write(contentsOf: Data(lines.map { $0 + "\n" }.joined().utf8))
  }

  /// Prints `value` as one JSON document when asked for, else `text`. Throws ``CommandFailure`` when it cannot be written.
  /// - Parameter mend: what to do about what was done and could not be told.
  static func print(_ value: some Encodable, _ json: Bool, _ text: String, mend: String? = nil) throws {
    let line = json ? try document(value) : Data(text.utf8)
    try write(line + Data("\n".utf8), mend: mend)
  }

  /// Writes to standard output. Throws ``CommandFailure``.
  static func write(_ data: Data, mend: String? = nil) throws {
    do { try FileHandle.standardOutput.write(contentsOf: data) } catch {
      throw CommandFailure("standard output is closed or full: " + (mend ?? "send it to where there is room"))
    }
  }

  /// A value as one JSON document.
  static func document(_ value: some Encodable) throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return try encoder.encode(value)
  }
}
