extension Bool: PostgresDecodable {
  public init(from cell: PostgresCell) throws(PostgresError) {
    guard cell.type == TypeOID.bool, cell.bytes.count == 1 else { throw cell.mismatch("Boolean") }
    self = cell.withBytes { cell.isBinary ? $0[0] != 0 : $0[0] == UInt8(ascii: "t") }
  }
}

extension Int16: PostgresDecodable {
  public init(from cell: PostgresCell) throws(PostgresError) { self = try cell.integer(as: Self.self) }
}

extension Int32: PostgresDecodable {
  public init(from cell: PostgresCell) throws(PostgresError) { self = try cell.integer(as: Self.self) }
}

extension Int64: PostgresDecodable {
  public init(from cell: PostgresCell) throws(PostgresError) { self = try cell.integer(as: Self.self) }
}

extension Int: PostgresDecodable {
  public init(from cell: PostgresCell) throws(PostgresError) { self = try cell.integer(as: Self.self) }
}

extension Double: PostgresDecodable {
  /// Reads `double precision`, `real`, and `numeric` with the nearest value.
  public init(from cell: PostgresCell) throws(PostgresError) {
    switch (cell.isBinary, cell.type, cell.bytes.count) {
    case (true, TypeOID.float8, 8): self = cell.withBytes { Double(bitPattern: UInt64(bigEndian: $0)) }
    case (true, TypeOID.float4, 4): self = cell.withBytes { Double(Float(bitPattern: UInt32(bigEndian: $0))) }
    default:
      guard !cell.isBinary || cell.type == TypeOID.numeric, let value = Double(try String(from: cell)) else {
        throw cell.mismatch("floating-point number")
      }
      self = value
    }
  }
}

extension String: PostgresDecodable {
  /// Reads text of any kind, enums, JSON, `numeric` and `uuid`; other types in their text form only.
  public init(from cell: PostgresCell) throws(PostgresError) {
    guard cell.isBinary else {
      self = cell.text
      return
    }
    switch cell.type {
    case TypeOID.numeric: self = try NumericText(cell).text
    case TypeOID.uuid:
      let id = try PostgresUUID(from: cell)
      self = id.description
    case TypeOID.jsonb:
      guard cell.bytes.first == 1 else { throw cell.mismatch("jsonb of version 1") }
      self = cell.withBytes { String(decoding: $0.dropFirst(), as: UTF8.self) }
    case TypeOID.bool, TypeOID.bytea, TypeOID.int2, TypeOID.int4, TypeOID.int8, TypeOID.oid, TypeOID.float4,
      TypeOID.float8, TypeOID.date, TypeOID.timestamp, TypeOID.timestamptz, TypeOID.pgLsn, TypeOID.xid8:
      throw cell.mismatch("text")
    default: self = cell.text
    }
  }
}

extension PostgresUUID: PostgresDecodable {
  public init(from cell: PostgresCell) throws(PostgresError) {
    guard cell.isBinary, cell.type == TypeOID.uuid, cell.bytes.count == 16 else { throw cell.mismatch("UUID") }
    self = cell.withBytes {
      PostgresUUID(
        high: UInt64(bigEndian: $0), low: UInt64(bigEndian: UnsafeRawBufferPointer(rebasing: $0[8...])))
    }
  }
}

extension PostgresUUID: CustomStringConvertible {
  /// Lowercase, with hyphens.
  public var description: String {
    var text = ""
    for nibble in 0..<32 {
      if [8, 12, 16, 20].contains(nibble) { text += "-" }
      let word = nibble < 16 ? high : low
      text += String((word >> UInt64(60 - nibble % 16 * 4)) & 0xF, radix: 16)
    }
    return text
  }
}

extension PostgresDate: PostgresDecodable {
  public init(from cell: PostgresCell) throws(PostgresError) {
    guard cell.isBinary, cell.type == TypeOID.date, cell.bytes.count == 4 else { throw cell.mismatch("date") }
    let days = cell.withBytes { Int32(bigEndian: $0) }
    let (counted, overflows) = days.addingReportingOverflow(Self.epoch)
    self.init(daysSince1970: days == .min || days == .max ? days : overflows ? .max : counted)
  }
}

extension PostgresTimestamp: PostgresDecodable {
  public init(from cell: PostgresCell) throws(PostgresError) {
    guard cell.isBinary, [TypeOID.timestamptz, TypeOID.timestamp].contains(cell.type), cell.bytes.count == 8 else {
      throw cell.mismatch("timestamp")
    }
    let time = cell.withBytes { Int64(bigEndian: $0) }
    let (counted, overflows) = time.addingReportingOverflow(Self.epoch)
    self.init(microsecondsSince1970: time == .min || time == .max ? time : overflows ? .max : counted)
  }
}
