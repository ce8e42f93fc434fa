/// The parameters of a statement in the wire's form, made on the caller's task.
struct EncodedParameters: Sendable {
  private(set) var count = 0
  /// Each parameter's type and length (four bytes of the machine's order each), the value and a zero byte, which those in
  /// text form need. Type 0 lets the server infer it, and is sent as text; length -1 is NULL.
  private var bytes: [UInt8] = []

  init() {}

  init(_ values: [PostgresValue]) throws(PostgresError) {
    guard values.count <= 65_535 else {
      throw PostgresError(.invalidParameter, "a statement takes at most 65535 parameters, got \(values.count)")
    }
    bytes.reserveCapacity(values.count * 24)
    for value in values { try append(value) }
  }

  /// Calls `visit` with type and bytes of each parameter, nil for NULL, then `body`, until whose end the bytes are valid.
  func withEach<Result>(
    _ visit: (UInt32, UnsafeRawBufferPointer?) -> Void, then body: () -> Result
  ) -> Result {
    bytes.withUnsafeBytes { bytes in
      var position = 0
      for _ in 0..<count {
        let type = bytes.loadUnaligned(fromByteOffset: position, as: UInt32.self)
        let length = Int(bytes.loadUnaligned(fromByteOffset: position + 4, as: Int32.self))
        position += 8
        visit(type, length < 0 ? nil : UnsafeRawBufferPointer(rebasing: bytes[position..<position + length]))
        position += max(0, length) + 1
      }
      return body()
    }
  }

  /// One type per parameter; 0 where the value is NULL or untyped.
  var types: [UInt32] {
    var types: [UInt32] = []
    withEach { type, _ in
      types.append(type)
    } then: {
    }
    return types
  }

  /// Whether a statement that was prepared for those types can be given them. NULL fits every type.
  func fit(_ types: [UInt32]) -> Bool {
    guard types.count == count else { return false }
    var index = 0
    var fits = true
    withEach { type, value in
      fits = fits && (type == types[index] || value == nil)
      index += 1
    } then: {
    }
    return fits
  }

  private mutating func append(_ value: PostgresValue) throws(PostgresError) {
    switch value {
    case .null:
      appendHeader(TypeOID.unknown, length: -1)
      bytes.append(0)
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
      guard !value.containsZero else {
        throw PostgresError(.invalidParameter, "parameter $\(count + 1) contains U+0000")
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
    appendHeader(type, length: 0)
    let start = bytes.count
    write(&bytes)
    let length = Int32(truncatingIfNeeded: bytes.count - start)
    bytes.withUnsafeMutableBytes { $0.storeBytes(of: length, toByteOffset: start - 4, as: Int32.self) }
    bytes.append(0)
  }

  private mutating func appendHeader(_ type: UInt32, length: Int32) {
    withUnsafeBytes(of: type) { bytes.append(contentsOf: $0) }
    withUnsafeBytes(of: length) { bytes.append(contentsOf: $0) }
    count += 1
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
