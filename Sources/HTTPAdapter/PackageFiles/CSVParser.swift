/// Reads the records of a CSV text (RFC 4180) out of its bytes as they come, holding one record at a time.
///
/// Records end with CRLF, LF or CR; fields may hold all of them in quotes. A byte order mark in front and empty lines are
/// left out.
struct CSVParser {
  struct Record: Equatable {
    /// Where it begins, counted from 1.
    let line: Int
    var fields: [String] = []
    /// Why it cannot be used.
    var flaw: String?
  }

  private enum State {
    case fieldStart
    case plain
    case quoted
    /// After a quote within quotes: the end of the field, or half of a quote that belongs to it.
    case quoteInQuoted
    /// In a record that cannot be used: it goes on to the end of the line.
    case broken
  }

  /// Most bytes of a record, so that a quote that is never closed does not take the whole file.
  static let largestRecord = 1 << 20

  private var state = State.fieldStart
  private var record = Record(line: 1)
  private var field: [UInt8] = []
  private var size = 0
  private var line = 1
  private var isAfterReturn = false
  /// Bytes of a byte order mark that were read; nil once the text has begun.
  private var mark: Int? = 0

  /// Reads the next bytes; appends the records that end in them.
  mutating func read(_ bytes: some Sequence<UInt8>, into records: inout [Record]) {
    for byte in bytes {
      if mark != nil, skipsMark(byte) { continue }
      let isPair = isAfterReturn && byte == UInt8(ascii: "\n")
      isAfterReturn = byte == UInt8(ascii: "\r")
      if isPair, state != .quoted { continue }
      take(byte, isPair: isPair, &records)
    }
  }

  /// Ends the text; appends the record that no line end closed.
  mutating func finish(into records: inout [Record]) {
    if state == .quoted { refuse("a quoted field is not closed") }
    if state != .fieldStart || !record.fields.isEmpty { endRecord(&records) }
  }

  private mutating func take(_ byte: UInt8, isPair: Bool, _ records: inout [Record]) {
    switch (state, byte) {
    case (.quoted, UInt8(ascii: "\"")): state = .quoteInQuoted
    case (.quoted, _):
      if byte == UInt8(ascii: "\r") || (byte == UInt8(ascii: "\n") && !isPair) { line += 1 }
      append(byte)
    case (_, UInt8(ascii: "\n")), (_, UInt8(ascii: "\r")):
      line += 1
      let isEmptyLine = state == .fieldStart && record.fields.isEmpty
      if isEmptyLine { begin() } else { endRecord(&records) }
    case (.broken, _): break
    case (_, UInt8(ascii: ",")): endField()
    case (.quoteInQuoted, UInt8(ascii: "\"")):
      append(byte)
      state = .quoted
    case (.quoteInQuoted, _): refuse("has text after the quote that closes a field")
    case (.fieldStart, UInt8(ascii: "\"")): state = .quoted
    case (.fieldStart, _), (.plain, _):
      state = .plain
      append(byte)
    }
  }

  private mutating func append(_ byte: UInt8) {
    size += 1
    guard size <= Self.largestRecord else { return refuse("is larger than 1 MiB, or a quoted field is not closed") }
    field.append(byte)
  }

  private mutating func refuse(_ flaw: String) {
    record.flaw = record.flaw ?? flaw
    state = .broken
  }

  private mutating func endField() {
    if let text = String(validating: field, as: UTF8.self) {
      record.fields.append(text)
    } else {
      record.flaw = record.flaw ?? "is not UTF-8"
    }
    field.removeAll(keepingCapacity: true)
    state = .fieldStart
  }

  private mutating func endRecord(_ records: inout [Record]) {
    if state != .broken { endField() }
    records.append(record)
    begin()
  }

  private mutating func begin() {
    record = Record(line: line)
    field.removeAll(keepingCapacity: true)
    size = 0
    state = .fieldStart
  }

  /// A byte order mark is EF BB BF; what only begins like one is text.
  private mutating func skipsMark(_ byte: UInt8) -> Bool {
    let expected: [UInt8] = [0xEF, 0xBB, 0xBF]
    guard let matched = mark, byte == expected[matched] else {
      // What only begins like a mark loses that much: no header begins so, and it is refused with or without.
      mark = nil
      return false
    }
    mark = matched + 1 == expected.count ? nil : matched + 1
    return true
  }
}
