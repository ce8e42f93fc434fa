/// The parameters of a statement in the wire's form, made on the caller's task.
struct EncodedParameters: Sendable {
  /// One type per parameter; 0 lets the server infer it.
  private(set) var types: [UInt32] = []
  /// Where each value lies in `bytes`; nil for NULL.
  private(set) var ranges: [Range<Int>?] = []
  /// The values one after the other, each with a zero byte behind it, which those in text form need.
  private(set) var bytes: [UInt8] = []

  init() {}

  init(_ values: [PostgresValue]) throws(PostgresError) {
    guard values.count <= 65_535 else {
      throw PostgresError(.invalidParameter, "a statement takes at most 65535 parameters, got \(values.count)")
    }
    types.reserveCapacity(values.count)
    ranges.reserveCapacity(values.count)
    for value in values { try append(value) }
  }

  /// Whether the parameter goes in text form.
  func isText(_ index: Int) -> Bool { types[index] == TypeOID.unknown }

  private mutating func append(_ value: PostgresValue) throws(PostgresError) {
    switch value {
    case .null:
      types.append(TypeOID.unknown)
      ranges.append(nil)
    case .bool(let value): add(TypeOID.bool) { $0.append(value ? 1 : 0) }
    case .int16(let value): add(TypeOID.int2) { $0.appendBigEndian(value) }
    case .int32(let value): add(TypeOID.int4) { $0.appendBigEndian(value) }
    case .int64(let value): add(TypeOID.int8) { $0.appendBigEndian(value) }
    case .double(let value): add(TypeOID.float8) { $0.appendBigEndian(value.bitPattern) }
    case .text(let value): add(TypeOID.text) { $0.append(contentsOf: value.utf8) }
    case .bytes(let value): add(TypeOID.bytea) { $0.append(contentsOf: value) }
    case .uuid(let value): add(TypeOID.uuid) { $0.append(value) }
    case .date(let value): add(TypeOID.date) { $0.append(value) }
    case .timestamp(let value): add(TypeOID.timestamptz) { $0.append(value) }
    case .json(let value): add(TypeOID.jsonb) { $0.appendJSONB(value.utf8) }
    case .jsonBytes(let value): add(TypeOID.jsonb) { $0.appendJSONB(value) }
    case .untyped(let value):
      guard !value.utf8.contains(0) else {
        throw PostgresError(.invalidParameter, "parameter $\(types.count + 1) contains U+0000")
      }
      add(TypeOID.unknown) { $0.append(contentsOf: value.utf8) }
    case .boolArray(let values):
      addArray(TypeOID.boolArray, of: TypeOID.bool, values) { $0.append($1 ? 1 : 0) }
    case .int32Array(let values):
      addArray(TypeOID.int4Array, of: TypeOID.int4, values) { $0.appendBigEndian($1) }
    case .int64Array(let values):
      addArray(TypeOID.int8Array, of: TypeOID.int8, values) { $0.appendBigEndian($1) }
    case .doubleArray(let values):
      addArray(TypeOID.float8Array, of: TypeOID.float8, values) { $0.appendBigEndian($1.bitPattern) }
    case .textArray(let values):
      addArray(TypeOID.textArray, of: TypeOID.text, values) { $0.append(contentsOf: $1.utf8) }
    case .uuidArray(let values):
      addArray(TypeOID.uuidArray, of: TypeOID.uuid, values) { $0.append($1) }
    case .dateArray(let values):
      addArray(TypeOID.dateArray, of: TypeOID.date, values) { $0.append($1) }
    case .timestampArray(let values):
      addArray(TypeOID.timestamptzArray, of: TypeOID.timestamptz, values) { $0.append($1) }
    }
  }

  private mutating func add(_ type: UInt32, _ write: (inout [UInt8]) -> Void) {
    types.append(type)
    let start = bytes.count
    write(&bytes)
    ranges.append(start..<bytes.count)
    bytes.append(0)
  }

  /// An array of one dimension: dimensions, NULL flag, element type, length, lower bound, then length-prefixed elements
  /// (PostgreSQL source, `array_recv`).
  private mutating func addArray<Element>(
    _ type: UInt32, of elementType: UInt32, _ values: [Element?], _ write: (inout [UInt8], Element) -> Void
  ) {
    add(type) { bytes in
      bytes.appendBigEndian(Int32(values.isEmpty ? 0 : 1))
      bytes.appendBigEndian(Int32(values.contains { $0 == nil } ? 1 : 0))
      bytes.appendBigEndian(elementType)
      guard !values.isEmpty else { return }
      bytes.appendBigEndian(Int32(truncatingIfNeeded: values.count))
      bytes.appendBigEndian(Int32(1))
      for value in values {
        let lengthAt = bytes.count
        bytes.appendBigEndian(Int32(-1))
        guard let value else { continue }
        write(&bytes, value)
        bytes.replaceBigEndian(at: lengthAt, with: Int32(truncatingIfNeeded: bytes.count - lengthAt - 4))
      }
    }
  }
}
