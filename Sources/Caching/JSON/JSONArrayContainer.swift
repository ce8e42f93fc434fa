/// The elements of an array.
struct JSONArrayContainer: UnkeyedEncodingContainer {
  let frame: JSONFrame

  var codingPath: [any CodingKey] { frame.codingPath }
  var count: Int { frame.writer.elements(at: frame.depth) }

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

  func nestedContainer<Nested: CodingKey>(keyedBy type: Nested.Type) -> KeyedEncodingContainer<Nested> {
    child().container(keyedBy: type)
  }

  func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer { child().unkeyedContainer() }

  func superEncoder() -> any Encoder { child() }

  private func add(_ write: (JSONWriter) -> Void) {
    frame.writer.beginElement(at: frame.depth)
    write(frame.writer)
  }

  private func add(_ write: (JSONWriter) throws -> Void) throws {
    let end = frame.writer.beginElement(at: frame.depth)
    do { try write(frame.writer) } catch {
      frame.writer.dropElement(at: frame.depth, to: end)
      throw error
    }
  }

  private func child() -> JSONFrame {
    frame.writer.beginElement(at: frame.depth)
    return frame.writer.child(at: frame.depth)
  }
}
