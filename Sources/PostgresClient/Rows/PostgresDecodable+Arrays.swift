/// Reads `bytea`; of text and JSON the UTF-8; an array of any other readable type.
extension Array: PostgresDecodable where Element: PostgresDecodable {
  /// Reads an array of one dimension without NULLs.
  public init(from cell: PostgresCell) throws(PostgresError) {
    var elements = try ArrayElements(cell)
    self = []
    reserveCapacity(elements.remaining)
    while let element = elements.next() {
      guard let element else { throw cell.mismatch("array without NULLs") }
      append(try Element(from: element))
    }
  }
}

extension PostgresRow {
  /// The bytes of a `bytea`, or the UTF-8 of a text or JSON value; nil for NULL.
  public func decodeBytesIfPresent(_ column: Int) throws(PostgresError) -> [UInt8]? {
    guard let cell = try cell(column) else { return nil }
    guard cell.isBinary else { throw cell.mismatch("value in binary form") }
    let skipped = cell.type == TypeOID.jsonb ? 1 : 0
    return cell.withBytes { [UInt8]($0.dropFirst(skipped)) }
  }

  /// The elements of an array of one dimension, nil for each NULL.
  public func decodeOptionals<Element: PostgresDecodable>(_ column: Int, as: Element.Type = Element.self)
    throws(PostgresError) -> [Element?]
  {
    guard let cell = try cell(column) else {
      throw PostgresError(.decoding, "column \(column): NULL where an array is expected", statement: result.statement)
    }
    var elements = try ArrayElements(cell)
    var values: [Element?] = []
    values.reserveCapacity(elements.remaining)
    while let element = elements.next() {
      if let element { values.append(try Element(from: element)) } else { values.append(nil) }
    }
    return values
  }
}

/// The elements of an array in binary form (PostgreSQL source, `array_send`).
struct ArrayElements {
  private let cell: PostgresCell
  private let elementType: UInt32
  /// Elements that are still to come.
  private(set) var remaining: Int
  private var position = 20

  init(_ cell: PostgresCell) throws(PostgresError) {
    self.cell = cell
    guard cell.isBinary, cell.bytes.count >= 12 else { throw cell.mismatch("array") }
    let dimensions = Int32(bigEndian: cell.bytes)
    elementType = Self.read(cell, 8)
    if dimensions == 0 {
      remaining = 0
      return
    }
    guard dimensions == 1, cell.bytes.count >= 20 else { throw cell.mismatch("array of one dimension") }
    remaining = Int(Int32(bitPattern: Self.read(cell, 12)))
    try checkLengths()
  }

  /// The next element; its inner optional is nil for NULL.
  mutating func next() -> PostgresCell?? {
    guard remaining > 0 else { return nil }
    remaining -= 1
    let length = Int(Int32(bitPattern: Self.read(cell, position)))
    position += 4
    guard length >= 0 else { return .some(nil) }
    defer { position += length }
    return PostgresCell(
      result: cell.result, bytes: UnsafeRawBufferPointer(rebasing: cell.bytes[position..<position + length]),
      type: elementType, isBinary: true)
  }

  /// Refuses lengths that reach past the value, so that `next` need not look.
  private func checkLengths() throws(PostgresError) {
    var position = self.position
    guard remaining >= 0 else { throw cell.mismatch("array") }
    for _ in 0..<remaining {
      guard position + 4 <= cell.bytes.count else { throw cell.mismatch("array") }
      position += 4 + Swift.max(0, Int(Int32(bitPattern: Self.read(cell, position))))
    }
    guard position <= cell.bytes.count else { throw cell.mismatch("array") }
  }

  private static func read(_ cell: PostgresCell, _ position: Int) -> UInt32 {
    UInt32(bigEndian: UnsafeRawBufferPointer(rebasing: cell.bytes[position...]))
  }
}
