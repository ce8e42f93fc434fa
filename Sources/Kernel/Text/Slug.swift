/// A name for addresses: lowercase letters, digits and hyphens, at most 100, no hyphen at either end.
package struct Slug: Hashable, Sendable, Codable, CustomStringConvertible {
  package let description: String

  /// The longest slug accepted.
  package static let maximumLength = 100

  /// A slug that keeps the grammar; nil for anything else.
  package init?(_ text: String) {
    let bytes = text.utf8
    guard (1...Self.maximumLength).contains(bytes.count), bytes.allSatisfy(Self.isAllowed),
      bytes.first != UInt8(ascii: "-"), bytes.last != UInt8(ascii: "-"),
      UniqueID(text) == nil
    else { return nil }
    description = text
  }

  package init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    guard let slug = Slug(try container.decode(String.self)) else {
      throw DecodingError.dataCorruptedError(in: container, debugDescription: "expected a slug")
    }
    self = slug
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }

  private static func isAllowed(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"): true
    default: false
    }
  }
}
