/// One value of a record's place in an ordered list. Numbers sort before texts, texts by their UTF-8 bytes.
package enum SortValue: Hashable, Comparable, Sendable, Codable {
  case number(Int)
  case text(String)

  package static func < (left: Self, right: Self) -> Bool {
    switch (left, right) {
    case (.number(let left), .number(let right)): left < right
    case (.text(let left), .text(let right)): left.utf8.lexicographicallyPrecedes(right.utf8)
    case (.number, .text): true
    case (.text, .number): false
    }
  }

  package init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if let number = try? container.decode(Int.self) {  // not a number: then it must be a text, or the next line throws
      self = .number(number)
    } else {
      self = .text(try container.decode(String.self))
    }
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .number(let number): try container.encode(number)
    case .text(let text): try container.encode(text)
    }
  }
}

/// A record's place in an ordered list: compared value by value. The last value is unique, so no two places are equal.
package struct SortPlace: Hashable, Comparable, Sendable, Codable {
  package let values: [SortValue]

  package init(_ values: [SortValue]) { self.values = values }

  package static func < (left: Self, right: Self) -> Bool { left.values.lexicographicallyPrecedes(right.values) }

  package init(from decoder: any Decoder) throws { values = try [SortValue](from: decoder) }

  package func encode(to encoder: any Encoder) throws { try values.encode(to: encoder) }
}
