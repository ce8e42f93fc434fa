/// The members of an object.
struct JSONObjectContainer<Key: CodingKey>: KeyedEncodingContainerProtocol {
  let frame: JSONFrame

  var codingPath: [any CodingKey] { frame.codingPath }

  func encodeNil(forKey key: Key) { add(key) { $0.output.put("null") } }

  func encode(_ value: String, forKey key: Key) { add(key) { $0.output.write(value) } }

  func encode(_ value: Bool, forKey key: Key) { add(key) { $0.output.write(value) } }

  func encode(_ value: Int, forKey key: Key) { add(key) { $0.output.write(value) } }

  func encode(_ value: Int8, forKey key: Key) { add(key) { $0.output.write(value) } }

  func encode(_ value: Int16, forKey key: Key) { add(key) { $0.output.write(value) } }

  func encode(_ value: Int32, forKey key: Key) { add(key) { $0.output.write(value) } }

  func encode(_ value: Int64, forKey key: Key) { add(key) { $0.output.write(value) } }

  func encode(_ value: UInt, forKey key: Key) { add(key) { $0.output.write(value) } }

  func encode(_ value: UInt8, forKey key: Key) { add(key) { $0.output.write(value) } }

  func encode(_ value: UInt16, forKey key: Key) { add(key) { $0.output.write(value) } }

  func encode(_ value: UInt32, forKey key: Key) { add(key) { $0.output.write(value) } }

  func encode(_ value: UInt64, forKey key: Key) { add(key) { $0.output.write(value) } }

  func encode(_ value: Float, forKey key: Key) throws { try add(key) { try $0.write(number: value, at: frame.depth) } }

  func encode(_ value: Double, forKey key: Key) throws { try add(key) { try $0.write(number: value, at: frame.depth) } }

  func encode(_ value: some Encodable, forKey key: Key) throws { try add(key) { try $0.write(value) } }

  func nestedContainer<Nested: CodingKey>(
    keyedBy type: Nested.Type, forKey key: Key
  ) -> KeyedEncodingContainer<Nested> {
    child(key).container(keyedBy: type)
  }

  func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer { child(key).unkeyedContainer() }

  func superEncoder() -> any Encoder { child("super") }

  func superEncoder(forKey key: Key) -> any Encoder { child(key) }

  private func add(_ key: Key, _ write: (JSONWriter) -> Void) {
    frame.writer.beginMember(key.stringValue, at: frame.depth)
    write(frame.writer)
    frame.writer.endMember()
  }

  private func add(_ key: Key, _ write: (JSONWriter) throws -> Void) throws {
    frame.writer.beginMember(key.stringValue, at: frame.depth)
    do { try write(frame.writer) } catch {
      frame.writer.dropMember(at: frame.depth)
      throw error
    }
    frame.writer.endMember()
  }

  private func child(_ key: Key) -> JSONFrame { child(key.stringValue) }

  private func child(_ name: String) -> JSONFrame {
    frame.writer.beginMember(name, at: frame.depth)
    return frame.writer.child(at: frame.depth)
  }
}
