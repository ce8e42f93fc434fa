import Caching
import Kernel
import NIOCore

/// Any JSON value, as a client sent it.
enum JSONValue: Codable, Sendable, Equatable {
  case null
  case bool(Bool)
  case integer(Int)
  case number(Double)
  case string(String)
  case array([JSONValue])
  case object([String: JSONValue])

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    // Decoders tell the type of a value only by trying: a failure means "of another type", and the last one is thrown. It
    // makes an error, which is dear: what is most frequent is tried first.
    if container.decodeNil() {
      self = .null
    } else if let string = try? container.decode(String.self) {
      self = .string(string)
    } else if let bool = try? container.decode(Bool.self) {
      self = .bool(bool)
    } else if let integer = try? container.decode(Int.self) {
      self = .integer(integer)
    } else if let number = try? container.decode(Double.self) {
      self = .number(number)
    } else if let array = try? container.decode([JSONValue].self) {
      self = .array(array)
    } else {
      self = .object(try container.decode([String: JSONValue].self))
    }
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .null: try container.encodeNil()
    case .bool(let bool): try container.encode(bool)
    case .integer(let integer): try container.encode(integer)
    case .number(let number): try container.encode(number)
    case .string(let string): try container.encode(string)
    case .array(let array): try container.encode(array)
    case .object(let object): try container.encode(object)
    }
  }

  /// The members of the JSON object in a body. Throws `malformedRequest`.
  static func object(_ body: ByteBuffer) throws -> [String: JSONValue] {
    let notJSON = DomainError(
      .malformedRequest, "The body is not JSON.", fields: [.init("body", "must be a JSON object in UTF-8")])
    switch JSONShape.check(body) {
    case .fits: break
    case .malformed: throw notJSON
    case .excessive:
      throw DomainError(
        .malformedRequest, "The body has too many or too deeply nested values.",
        fields: [.init("body", "must have at most \(JSONShape.maximumValues) values, \(JSONShape.maximumDepth) deep")])
    }
    do {
      if case .object(let members) = try CacheCodec.decode(JSONValue.self, from: body) { return members }
    } catch {
      throw notJSON
    }
    throw DomainError(.malformedRequest, "The body is not an object.", fields: [.init("body", "must be a JSON object")])
  }

  /// The members of a value that encodes as an object.
  static func members(of value: some Encodable) throws -> [String: JSONValue] {
    try object(try CacheCodec.encode(value))
  }

  /// RFC 7396, but a removed member stays as `null`, so that its name can still be checked.
  static func merge(_ patch: [String: JSONValue], into target: [String: JSONValue]) -> [String: JSONValue] {
    target.merging(patch) { old, new in
      guard case .object(let oldMembers) = old, case .object(let newMembers) = new else { return new }
      return .object(merge(newMembers, into: oldMembers))
    }
  }
}
