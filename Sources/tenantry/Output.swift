import Foundation

/// What a command tells on standard output: a text for people, or JSON for programs.
enum Output {
  /// Prints `value` as one JSON document when asked for, else `text`.
  static func print(_ value: some Encodable, _ json: Bool, _ text: String) {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    // Lists and texts always encode.
    let line = json ? (try? encoder.encode(value)) ?? Data() : Data(text.utf8)
    // Nobody may be there to read it.
    try? FileHandle.standardOutput.write(contentsOf: line + Data("\n".utf8))
  }
}
