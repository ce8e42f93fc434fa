/// A value that is neither an object nor an array, or that is encoded as another value.
struct JSONScalarContainer: SingleValueEncodingContainer {
  let frame: JSONFrame

  var codingPath: [any CodingKey] { frame.codingPath }

  func encodeNil() { output.write("null" as StaticString) }

  func encode(_ value: String) { output.write(value) }

  func encode(_ value: Bool) { output.write(value) }

  func encode(_ value: Int) { output.write(value) }

  func encode(_ value: Int8) { output.write(value) }

  func encode(_ value: Int16) { output.write(value) }

  func encode(_ value: Int32) { output.write(value) }

  func encode(_ value: Int64) { output.write(value) }

  func encode(_ value: UInt) { output.write(value) }

  func encode(_ value: UInt8) { output.write(value) }

  func encode(_ value: UInt16) { output.write(value) }

  func encode(_ value: UInt32) { output.write(value) }

  func encode(_ value: UInt64) { output.write(value) }

  func encode(_ value: Float) throws {
    frame.become(.scalar)
    try frame.write(number: value)
  }

  func encode(_ value: Double) throws {
    frame.become(.scalar)
    try frame.write(number: value)
  }

  func encode(_ value: some Encodable) throws {
    frame.become(.scalar)
    try frame.write(value)
  }

  private var output: JSONOutput {
    frame.become(.scalar)
    return frame.output
  }
}
