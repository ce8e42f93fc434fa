import Foundation

/// Encodes values as JSON into one run of bytes, each object's members sorted by the bytes of their names.
///
/// Foundation's `JSONEncoder` first makes a tree of the value; this writes as the value tells, and puts an object's members
/// in order when it ends. What comes out is meant to be the same, byte for byte, as of a `JSONEncoder` with sorted keys and plain
/// slashes; the tests hold the two against each other. How much faster it is has not been measured.
///
/// One frame is the encoder of one value. It is used by one task, and not after the value's `encode(to:)` has returned.
final class JSONFrame {
  /// What the value has turned out to be.
  enum Shape {
    case unknown, scalar, array, object
  }

  /// A member of an object, or an element of an array that is written elsewhere until the end.
  struct Part {
    /// Where it begins in the output: at the quote of its name.
    let start: Int
    /// The length of the name between its quotes; 0 in arrays.
    let nameLength: Int
    /// Where it ends.
    var end: Int
    /// A container that the value fills by itself, in any order; it stands at `end`.
    var child: JSONFrame?
  }

  let output: JSONOutput
  private let parent: JSONFrame?
  private(set) var shape = Shape.unknown
  /// Where the value begins in the output.
  private let start: Int
  var parts: [Part] = []
  var hasChildren = false
  /// How many elements an array has.
  var count = 0

  init(_ output: JSONOutput, parent: JSONFrame?) {
    self.output = output
    self.parent = parent
    start = output.bytes.count
  }

  /// The JSON form of a value. Throws what the value throws, and `EncodingError` for numbers that JSON has no form for.
  static func encode(_ value: some Encodable) throws -> [UInt8] {
    let output = JSONOutput(capacity: 1024)
    try JSONFrame(output, parent: nil).write(value)
    return output.bytes
  }

  func become(_ shape: Shape) {
    guard self.shape == .unknown else {
      return precondition(self.shape == shape, "A value must be encoded as one of a scalar, an array and an object.")
    }
    self.shape = shape
    switch shape {
    case .array: output.bytes.append(UInt8(ascii: "["))
    case .object: output.bytes.append(UInt8(ascii: "{"))
    case .scalar, .unknown: break
    }
  }

  /// Writes a value that stands within this one.
  func write<Value: Encodable>(_ value: Value) throws {
    // The types that JSON has a form of its own for. The comparison comes first: it costs next to nothing, the cast does.
    if Value.self == String.self, let text = value as? String { return output.write(text) }
    if Value.self == Data.self, let data = value as? Data { return output.write(data.base64EncodedString()) }
    if Value.self == URL.self, let url = value as? URL { return output.write(url.absoluteString) }
    if Value.self == Decimal.self, let number = value as? Decimal {
      return output.bytes.append(contentsOf: number.description.utf8)
    }
    let frame = JSONFrame(output, parent: self)
    do { try value.encode(to: frame) } catch {
      // The value may go on without the part that failed.
      output.bytes.removeSubrange(frame.start...)
      throw error
    }
    frame.finish()
  }

  /// Writes a number; throws for those that JSON has no form for.
  func write<Number: BinaryFloatingPoint & CustomStringConvertible>(number: Number) throws {
    guard number.isFinite else {
      throw EncodingError.invalidValue(
        number, .init(codingPath: codingPath, debugDescription: "JSON has no form for \(number)."))
    }
    output.write(number)
  }

  /// Closes the value: everything that belongs to it has been written.
  func finish() {
    switch shape {
    case .scalar: break
    case .unknown: output.write("{}" as StaticString)
    case .array:
      if hasChildren { rebuildArray(from: start + 1) }
      output.bytes.append(UInt8(ascii: "]"))
    case .object:
      sortMembers(from: start + 1)
      output.bytes.append(UInt8(ascii: "}"))
    }
  }

  /// The bytes of a child, which has an output of its own.
  func finished() -> [UInt8] {
    finish()
    return output.bytes
  }
}

extension JSONFrame: Encoder {
  var userInfo: [CodingUserInfoKey: Any] { [:] }

  /// The names that led here, read back from what has been written.
  var codingPath: [any CodingKey] {
    guard let parent else { return [] }
    return parent.codingPath + [parent.lastKey].compactMap { $0 }
  }

  func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
    become(.object)
    return KeyedEncodingContainer(JSONObjectContainer(frame: self))
  }

  func unkeyedContainer() -> any UnkeyedEncodingContainer {
    become(.array)
    return JSONArrayContainer(frame: self)
  }

  func singleValueContainer() -> any SingleValueEncodingContainer { JSONScalarContainer(frame: self) }

  private var lastKey: JSONKey? {
    switch shape {
    case .unknown, .scalar: nil
    case .array: JSONKey(intValue: count - 1)
    case .object:
      parts.last.flatMap {
        JSONKey(stringValue: String(decoding: output.bytes[$0.start + 1..<$0.start + 1 + $0.nameLength], as: UTF8.self))
      }
    }
  }
}

/// A place in a value, for errors.
struct JSONKey: CodingKey {
  let stringValue: String
  let intValue: Int?

  init?(stringValue: String) { (self.stringValue, intValue) = (stringValue, nil) }

  init?(intValue: Int) { (stringValue, self.intValue) = ("Index \(intValue)", intValue) }

  static let parentOfSuper = JSONKey(stringValue: "super")
}
