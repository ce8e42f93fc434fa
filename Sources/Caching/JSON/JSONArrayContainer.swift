/// The elements of an array.
struct JSONArrayContainer: UnkeyedEncodingContainer {
  let frame: JSONFrame

  var codingPath: [any CodingKey] { frame.codingPath }
  var count: Int { frame.count }

  func encodeNil() { add { $0.write("null" as StaticString) } }

  func encode(_ value: String) { add { $0.write(value) } }

  func encode(_ value: Bool) { add { $0.write(value) } }

  func encode(_ value: Int) { add { $0.write(value) } }

  func encode(_ value: Int8) { add { $0.write(value) } }

  func encode(_ value: Int16) { add { $0.write(value) } }

  func encode(_ value: Int32) { add { $0.write(value) } }

  func encode(_ value: Int64) { add { $0.write(value) } }

  func encode(_ value: UInt) { add { $0.write(value) } }

  func encode(_ value: UInt8) { add { $0.write(value) } }

  func encode(_ value: UInt16) { add { $0.write(value) } }

  func encode(_ value: UInt32) { add { $0.write(value) } }

  func encode(_ value: UInt64) { add { $0.write(value) } }

  func encode(_ value: Float) throws { try add { try frame.write(number: value) } }

  func encode(_ value: Double) throws { try add { try frame.write(number: value) } }

  func encode(_ value: some Encodable) throws { try add { try frame.write(value) } }

  func nestedContainer<Nested: CodingKey>(keyedBy type: Nested.Type) -> KeyedEncodingContainer<Nested> {
    child().container(keyedBy: type)
  }

  func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer { child().unkeyedContainer() }

  func superEncoder() -> any Encoder { child() }

  private func add(_ write: (JSONOutput) -> Void) {
    frame.beginElement()
    write(frame.output)
  }

  private func add(_ write: () throws -> Void) throws {
    let start = frame.output.bytes.count
    frame.beginElement()
    do { try write() } catch {
      frame.dropElement(at: start)
      throw error
    }
  }

  private func child() -> JSONFrame {
    frame.beginElement()
    return frame.child()
  }
}
