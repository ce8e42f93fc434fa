/// One value that is not NULL, with its type.
public struct PostgresCell {
  /// Keeps the bytes alive.
  let result: ServerResult?
  let bytes: UnsafeRawBufferPointer
  /// The object identifier of its type.
  public let type: UInt32
  /// Whether the bytes are in binary form. Statements are answered in binary form; the other is text.
  public let isBinary: Bool

  /// The bytes of the value, valid during the call.
  public func withBytes<Result>(_ read: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
    try withExtendedLifetime(self) { try read(bytes) }
  }

  /// An error that says what was expected.
  public func mismatch(_ expected: String) -> PostgresError {
    PostgresError(.decoding, "a value of type \(type) and \(bytes.count) bytes is no \(expected)")
  }

  /// The value as text.
  var text: String { withExtendedLifetime(self) { String(decoding: bytes, as: UTF8.self) } }

  /// An integer of the width that the type says.
  func integer<Value: FixedWidthInteger>(as: Value.Type) throws(PostgresError) -> Value {
    let wide: Int64
    if !isBinary {
      guard let value = Int64(text) else { throw mismatch("integer") }
      wide = value
    } else {
      switch (type, bytes.count) {
      case (TypeOID.int2, 2): wide = Int64(Int16(bigEndian: bytes))
      case (TypeOID.int4, 4): wide = Int64(Int32(bigEndian: bytes))
      case (TypeOID.oid, 4): wide = Int64(UInt32(bigEndian: bytes))
      case (TypeOID.int8, 8), (TypeOID.pgLsn, 8), (TypeOID.xid8, 8): wide = Int64(bigEndian: bytes)
      default: throw mismatch("integer")
      }
    }
    guard let value = Value(exactly: wide) else { throw mismatch("integer of \(Value.bitWidth) bits") }
    return withExtendedLifetime(self) { value }
  }
}

/// What a column can be read as. Conform types of your own with the help of those that conform already.
public protocol PostgresDecodable {
  /// Reads a value that is not NULL.
  /// - Throws: ``PostgresError/Code/decoding``, as ``PostgresCell/mismatch(_:)`` makes it.
  init(from cell: PostgresCell) throws(PostgresError)
}
