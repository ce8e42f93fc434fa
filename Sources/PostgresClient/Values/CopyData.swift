/// Rows in the binary form of COPY: a signature, flags and the length of an extension; for each row the number of its
/// values and, as in a statement's parameters, length and bytes of each; −1 (PostgreSQL manual, COPY, "Binary Format").
struct CopyData {
  private static let header = Array("PGCOPY\n".utf8) + [0xFF] + Array("\r\n\0".utf8) + [UInt8](repeating: 0, count: 8)
  /// Where a round trip ends, in bytes.
  private static let limit = 1 << 20

  private let columns: Int
  private var bytes = Self.header

  init(columns: Int) { self.columns = columns }

  var isEmpty: Bool { bytes.count == Self.header.count }
  var isFull: Bool { bytes.count >= Self.limit }

  mutating func append(_ row: [PostgresValue]) throws(PostgresError) {
    guard row.count == columns else {
      throw PostgresError(.invalidParameter, "a row of \(row.count) values for \(columns) columns")
    }
    let values = try EncodedParameters(row)
    var isBinary = true
    bytes.appendBigEndian(Int16(truncatingIfNeeded: columns))
    values.withEach { type, value in
      guard let value else { return bytes.appendBigEndian(Int32(-1)) }
      isBinary = isBinary && type != TypeOID.unknown
      bytes.appendBigEndian(Int32(truncatingIfNeeded: value.count))
      bytes.append(contentsOf: value)
    } then: {
    }
    guard isBinary else { throw PostgresError(.invalidParameter, "an untyped value has no binary form") }
  }

  /// What was appended, complete; begins anew.
  mutating func take() -> [UInt8] {
    defer { bytes = Self.header }
    bytes.appendBigEndian(Int16(-1))
    return bytes
  }
}
