/// A name for addresses: lowercase letters, digits and hyphens, at most 100, no hyphen at either end, and not a UUID.
package struct Slug: Hashable, Sendable, Codable, CustomStringConvertible {
  package let description: String

  /// The longest slug accepted.
  package static let maximumLength = 100

  /// A slug that keeps the grammar; nil for anything else.
  package init?(_ text: String) {
    guard Self.isWellFormed(text), UniqueID(text) == nil else { return nil }
    description = text
  }

  /// Whether a text keeps the grammar.
  package static func isWellFormed(_ text: String) -> Bool {
    let bytes = text.utf8
    guard (1...maximumLength).contains(bytes.count), bytes.first != hyphen, bytes.last != hyphen else { return false }
    return bytes.withContiguousStorageIfAvailable { $0.allSatisfy(isAllowed) } ?? bytes.allSatisfy(isAllowed)
  }

  private static let hyphen = UInt8(ascii: "-")

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
