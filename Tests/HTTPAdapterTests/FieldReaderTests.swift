import Kernel
import Testing

@testable import HTTPAdapter

@Suite("Reading bodies")
struct FieldReaderTests {
  @Test("Every wrong and every unknown member is named at once, with its path")
  func errors() throws {
    var reader = FieldReader([
      "title": .integer(1), "count": .integer(11), "flag": "yes", "list": .array(["ok", .integer(2)]),
      "inner": .object(["name": "", "extra": .null]), "unknown": .bool(true),
    ])
    _ = reader.text("title", 1...5)
    _ = reader.integer("count", 0...10)
    _ = reader.bool("flag")
    _ = reader.texts("list", limit: 5, "a text") { $0 }
    _ = reader.object("inner") { $0.text("name", 1...5) }
    _ = reader.require("missing") { $0.text("missing", 1...5) }
    #expect(!reader.isValid)
    #expect(
      Set(reader.refusal.fields.map(\.field)) == [
        "title", "count", "flag", "list[1]", "inner.name", "inner.extra", "missing", "unknown",
      ])
  }

  @Test("Absent and null members of the right kind are no error")
  func absent() {
    var reader = FieldReader(["a": .null])
    #expect(reader.text("a", 1...5) == nil && reader.integer("b", 0...1) == nil)
    #expect(reader.isValid)
  }

  @Test("Lines may hold no line breaks, long texts may; neither holds other control characters")
  func controls() {
    for (text, isLine, isLong) in [("a\nb", false, true), ("a\u{0}", false, false), ("é 漢", true, true)] {
      var reader = FieldReader(["t": .string(text)])
      #expect((reader.text("t", 1...10) != nil) == isLine)
      reader = FieldReader(["t": .string(text)])
      #expect((reader.text("t", 1...10, isLong: true) != nil) == isLong)
    }
  }

  @Test("A merge replaces members, goes into objects and keeps what is not named (RFC 7396)")
  func merge() {
    let merged = JSONValue.merge(
      ["a": .integer(2), "o": .object(["x": .null, "y": .integer(1)])],
      into: ["a": .integer(1), "b": .integer(1), "o": .object(["x": .integer(1), "z": .integer(1)])])
    #expect(
      merged == [
        "a": .integer(2), "b": .integer(1), "o": .object(["x": .null, "y": .integer(1), "z": .integer(1)]),
      ])
  }

  @Test(
    "E-mail addresses are checked for their form alone",
    arguments: [
      ("a@b.co", true), ("first.last+tag@sub.example.com", true), ("a@b", false), ("@b.co", false), ("a@", false),
      ("a@b..co", false), ("a b@c.de", false), ("a@b@c.de", false), ("<a@b.co>", false), ("a@b.co\u{0}", false),
    ])
  func email(_ text: String, _ isPlausible: Bool) { #expect(EmailAddress.isPlausible(text) == isPlausible) }

  @Test(
    "Addresses of pictures are absolute, http or https",
    arguments: [
      ("https://x.example/a.jpg", true), ("http://x/a?b#c", true), ("javascript:alert(1)", false), ("//x/a", false),
      ("https://", false), ("https:///a", false), ("https://x/a b", false), ("https://x/<script>", false),
    ])
  func address(_ text: String, _ isAbsolute: Bool) { #expect(WebAddress.isAbsolute(text) == isAbsolute) }
}
