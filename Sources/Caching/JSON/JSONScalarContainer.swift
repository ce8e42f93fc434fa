/// A value that is neither an object nor an array, or that is encoded as another value.
struct JSONScalarContainer: SingleValueEncodingContainer {
  let frame: JSONFrame

  var codingPath: [any CodingKey] { frame.codingPath }

  func encodeNil() { add { $0.output.put("null") } }

  func encode(_ value: String) { add { $0.output.write(value) } }

  func encode(_ value: Bool) { add { $0.output.write(value) } }

  func encode(_ value: Int) { add { $0.output.write(value) } }

  func encode(_ value: Int8) { add { $0.output.write(value) } }

  func encode(_ value: Int16) { add { $0.output.write(value) } }

  func encode(_ value: Int32) { add { $0.output.write(value) } }

  func encode(_ value: Int64) { add { $0.output.write(value) } }

  func encode(_ value: UInt) { add { $0.output.write(value) } }

  func encode(_ value: UInt8) { add { $0.output.write(value) } }

  func encode(_ value: UInt16) { add { $0.output.write(value) } }

  func encode(_ value: UInt32) { add { $0.output.write(value) } }

  func encode(_ value: UInt64) { add { $0.output.write(value) } }

  func encode(_ value: Float) throws { try add { try $0.write(number: value, at: frame.depth) } }

  func encode(_ value: Double) throws { try add { try $0.write(number: value, at: frame.depth) } }

  func encode(_ value: some Encodable) throws { try add { try $0.write(value) } }

  private func add(_ write: (JSONWriter) throws -> Void) rethrows {
    frame.writer.become(.scalar, at: frame.depth)
    try write(frame.writer)
  }
}
