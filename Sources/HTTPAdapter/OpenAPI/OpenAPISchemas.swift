import Caching
import NIOCore

/// The schemas of the document.
enum OpenAPISchemas {
  /// Every schema by name: those written down, and the pages and patches that follow from them.
  static let all: [String: JSONValue] = {
    var schemas: [String: JSONValue] = [:]
    for text in [records, bodies, bookings, operations, operators, database, exchange] {
      if case .object(let members) = parse(text) { schemas.merge(members) { first, _ in first } }
    }
    for name in ["Package", "Segment", "AddOn", "Venue", "Blackout", "Booking", "Customer"] {
      schemas[name + "Page"] = page(of: name)
    }
    for name in ["Package", "Segment", "AddOn", "Venue", "Blackout"] {
      schemas[name + "Patch"] = schemas[name + "Body"].map(patch)
    }
    return schemas
  }()

  /// Reads a schema that is part of this program.
  static func parse(_ text: String) -> JSONValue {
    do { return try CacheCodec.decode(JSONValue.self, from: ByteBuffer(string: text)) } catch {
      preconditionFailure("a schema of this program is not JSON: \(error) in \(text)")
    }
  }

  private static func page(of name: String) -> JSONValue {
    parse(
      """
      {"type":"object","required":["data","nextCursor"],"additionalProperties":false,"properties":{
        "data":{"type":"array","items":{"$ref":"#/components/schemas/\(name)"}},
        "nextCursor":{"type":["string","null"],"description":"Where the next page begins; null on the last"}}}
      """)
  }

  /// Any subset of a body's members; null clears one that may be absent.
  private static func patch(of body: JSONValue) -> JSONValue {
    guard case .object(var members) = body else { return body }
    members["required"] = nil
    return .object(members)
  }
}
