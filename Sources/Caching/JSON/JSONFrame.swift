import Foundation
import NIOCore

/// The encoder of one value, which stands within others.
///
/// Foundation's `JSONEncoder` first makes a tree of the value; this writes as the value tells (see ``JSONWriter``). What comes
/// out is meant to be the same, byte for byte, as of a `JSONEncoder` with sorted keys and plain slashes; the tests hold the
/// two against each other.
///
/// Used by one task, and not after the value's `encode(to:)` has returned.
struct JSONFrame: Encoder {
  let writer: JSONWriter
  let depth: Int

  /// The JSON form of a value. Throws what the value throws, and `EncodingError` for numbers that JSON has no form for.
  static func encode(_ value: some Encodable) throws -> ByteBuffer {
    if let value = value as? any JSONWritable {
      var json = JSONBytes(capacity: 4096)
      value.write(to: &json)
      return ByteBuffer(bytes: json.bytes)
    }
    let writer = JSONWriter(capacity: 1016)
    try writer.write(value)
    return ByteBuffer(bytes: writer.output.bytes)
  }

  var userInfo: [CodingUserInfoKey: Any] { [:] }

  var codingPath: [any CodingKey] { writer.path(to: depth) }

  func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
    writer.become(.object, at: depth)
    return KeyedEncodingContainer(JSONObjectContainer(frame: self))
  }

  func unkeyedContainer() -> any UnkeyedEncodingContainer {
    writer.become(.array, at: depth)
    return JSONArrayContainer(frame: self)
  }

  func singleValueContainer() -> any SingleValueEncodingContainer { JSONScalarContainer(frame: self) }
}

extension JSONWriter {
  /// Writes a value that stands within the newest one.
  func write<Value: Encodable>(_ value: Value) throws {
    // The types that JSON has a form of its own for. The comparison comes first: it costs next to nothing, the cast does.
    if Value.self == String.self, let text = value as? String { return output.write(text) }
    if Value.self == Data.self, let data = value as? Data { return output.write(data.base64EncodedString()) }
    if Value.self == URL.self, let url = value as? URL { return output.write(url.absoluteString) }
    if Value.self == Decimal.self, let number = value as? Decimal { return output.write(digits: number.description) }
    let depth = begin()
    do { try value.encode(to: JSONFrame(writer: self, depth: depth)) } catch {
      // The value around it may go on without the part that failed.
      drop(to: depth)
      throw error
    }
    end()
  }

  /// Writes a number that stands in the value at a depth; throws for those that JSON has no form for.
  func write<Number: BinaryFloatingPoint & CustomStringConvertible>(number: Number, at depth: Int) throws {
    guard number.isFinite else {
      throw EncodingError.invalidValue(
        number, .init(codingPath: path(to: depth), debugDescription: "JSON has no form for \(number)."))
    }
    output.write(number)
  }
}
