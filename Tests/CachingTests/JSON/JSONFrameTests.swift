import Foundation
import NIOCore
import Testing

@testable import Caching

/// What is held against Foundation's encoder, byte for byte.
@Suite struct JSONFrameTests {
  private func expectSame(_ value: some Encodable, _ location: SourceLocation = #_sourceLocation) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let expected = String(decoding: try encoder.encode(value), as: UTF8.self)
    #expect(String(buffer: try JSONFrame.encode(value)) == expected, sourceLocation: location)
  }

  @Test("Texts are escaped where they must be, and nowhere else")
  func texts() throws {
    try expectSame(["", "plain", "a\"b\\c/d", "\u{0}\u{1F}\u{7F}\u{8}\u{9}\u{A}\u{C}\u{D}", "é 日本 👩‍👩‍👧 \u{2028}"])
  }

  @Test("Numbers of every width, to their limits")
  func numbers() throws {
    try expectSame([0, -1, Int.max, Int.min])
    try expectSame([UInt64.max])
    try expectSame([Int8.min, Int8.max])
    try expectSame([0.0, -0.5, 1, 0.1, 1e20, 1.7976931348623157e308, 123_456_789.25])
    try expectSame([2.2250738585072014e-308, .leastNonzeroMagnitude])
    try expectSame([Float(0.1), Float(3)])
    try expectSame(Decimal(string: "12345678901234567890.125"))
  }

  @Test("A number that JSON has no form for is an error that tells where it stands")
  func notFinite() throws {
    let error = try #require(throws: EncodingError.self) { try JSONFrame.encode(["outer": [1, Double.infinity]]) }
    var path: [String]?
    if case .invalidValue(_, let context) = error { path = context.codingPath.map(\.stringValue) }
    #expect(path == ["outer", "Index 1"])
  }

  @Test("Members come in the order of their names, whatever the order in which they are told")
  func order() throws {
    struct Record: Encodable {
      var zebra = 1
      var apple: String? = "x"
      var gone: Int?
      var apples = [true, false]
      var nested: [String: Int] = ["longername2": 2, "longername10": 1, "a": 0]
    }
    try expectSame(Record())
    try expectSame([Record(), Record()])
  }

  @Test("Empty objects and arrays, nulls, and values that have a form of their own")
  func forms() throws {
    try expectSame([String: Int]())
    try expectSame([Int]())
    try expectSame([1, nil, 3])
    try expectSame([Data([1, 2, 3])])
    try expectSame([URL(string: "https://example.com/a?b=c")])
    try expectSame([Date(timeIntervalSinceReferenceDate: 1.5)])
    try expectSame("alone")
    try expectSame(Int?.none)
  }

  @Test("A class and its superclass, apart or in one object; a name told twice counts once")
  func inheritance() throws {
    class Base: Encodable {
      enum Keys: String, CodingKey { case base, same }
      func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Keys.self)
        try container.encode(1, forKey: .base)
        try container.encode(2, forKey: .same)
      }
    }
    class Apart: Base {
      enum MoreKeys: String, CodingKey { case zeta, alpha }
      override func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: MoreKeys.self)
        try container.encode("z", forKey: .zeta)
        try super.encode(to: container.superEncoder())
        try container.encode("a", forKey: .alpha)
      }
    }
    class Together: Base {
      override func encode(to encoder: any Encoder) throws {
        try super.encode(to: encoder)
        var container = encoder.container(keyedBy: Keys.self)
        try container.encode(3, forKey: .same)
      }
    }
    try expectSame(Apart())
    try expectSame([Together()])
  }

  @Test("Containers within containers are filled in any order")
  func nesting() throws {
    struct Nest: Encodable {
      enum Keys: String, CodingKey { case second, first, list }
      func encode(to encoder: any Encoder) throws {
        var outer = encoder.container(keyedBy: Keys.self)
        var second = outer.nestedContainer(keyedBy: Keys.self, forKey: .second)
        var list = outer.nestedUnkeyedContainer(forKey: .list)
        try outer.encode(1, forKey: .first)
        try list.encode(1)
        var inner = list.nestedUnkeyedContainer()
        try second.encode("late", forKey: .first)
        try list.encode(2)
        try inner.encode("in")
        _ = list.nestedContainer(keyedBy: Keys.self)
      }
    }
    try expectSame(Nest())
    try expectSame([Nest(), Nest()])
  }

  @Test("What a value takes back when a part of it fails leaves no trace")
  func failedPart() throws {
    struct Bad: Encodable {
      func encode(to encoder: any Encoder) throws {
        var container = encoder.unkeyedContainer()
        try container.encode(1)
        try container.encode(Double.nan)
      }
    }
    struct Forgiving: Encodable {
      enum Keys: String, CodingKey { case bad, good }
      func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Keys.self)
        try container.encode(1, forKey: .good)
        #expect(throws: EncodingError.self) { try container.encode(Bad(), forKey: .bad) }
      }
    }
    let text = String(buffer: try JSONFrame.encode([Forgiving()]))
    #expect(text == #"[{"good":1}]"#)
  }
}
