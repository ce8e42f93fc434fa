/// Cuts a text into its lines as the bytes come, holding one line at a time. A byte order mark in front and blank lines are
/// left out.
struct LineSplitter {
  struct Line: Equatable {
    /// Counted from 1.
    let number: Int
    var bytes: [UInt8] = []
    var isTooLong = false
  }

  /// Most bytes of a line.
  static let largestLine = 1 << 20

  private var line = Line(number: 1)

  /// Reads the next bytes; appends the lines that end in them.
  mutating func read(_ bytes: some Sequence<UInt8>, into lines: inout [Line]) {
    for byte in bytes {
      if byte == UInt8(ascii: "\n") {
        end(&lines)
      } else if line.bytes.count < Self.largestLine {
        line.bytes.append(byte)
      } else {
        line.isTooLong = true
      }
    }
  }

  /// Ends the text; appends the line that no line end closed.
  mutating func finish(into lines: inout [Line]) { end(&lines) }

  private mutating func end(_ lines: inout [Line]) {
    let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
    if line.number == 1, line.bytes.starts(with: mark) { line.bytes.removeFirst(mark.count) }
    if !line.bytes.allSatisfy({ " \t\r".utf8.contains($0) }) { lines.append(line) }
    line = Line(number: line.number + 1)
  }
}
