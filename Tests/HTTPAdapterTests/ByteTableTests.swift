import NIOCore
import Testing

@testable import HTTPAdapter

@Suite("Tables of what was made from bytes")
struct ByteTableTests {
  /// Asks a table for a text and says how often it was made.
  private static func ask(_ table: inout ByteTable<String>, _ text: String, salt: UInt64 = 0) -> (String?, made: Int) {
    var made = 0
    let bytes = ByteBuffer(string: "-\(text)-")
    let value = table.value(bytes.readableBytesUInt8Span, 1..<text.utf8.count + 1, salt: salt) { text in
      made += 1
      return text.isEmpty ? nil : "made of \(text)"
    }
    return (value, made)
  }

  @Test("A value is made once for the same bytes, also the value nil")
  func once() {
    for text in ["", "a", "12345678", "123456789", String(repeating: "x", count: 256)] {
      var table = ByteTable<String>(slots: 16)
      let expected = text.isEmpty ? nil : "made of \(text)"
      #expect(Self.ask(&table, text) == (expected, made: 1))
      #expect(Self.ask(&table, text) == (expected, made: 0))
    }
  }

  @Test("Different bytes never get each other's value, however few slots there are")
  func distinct() {
    var table = ByteTable<String>(slots: 1)
    for number in 0..<1_000 { #expect(Self.ask(&table, "\(number)").0 == "made of \(number)") }
  }

  @Test("A salt keeps apart what is made of the same bytes")
  func salt() {
    var table = ByteTable<String>(slots: 1)
    #expect(Self.ask(&table, "a", salt: 1).made == 1)
    #expect(Self.ask(&table, "a", salt: 2).made == 1)
  }

  /// What a table has kept of a text.
  private static func kept(_ table: ByteTable<Int>, _ text: String) -> Int? {
    table.value(ByteBuffer(string: text).readableBytesUInt8Span)
  }

  @Test("A value that was kept of bytes is found by all of them and by no others")
  func kept() {
    let texts = ["", "12345678", "123456789", "1234567890123456", "12345678901234567", "123456789012345678"]
    for (number, text) in texts.enumerated() {
      var table = ByteTable<Int>(slots: 1, longest: 17)
      table.keep(number, of: Array(text.utf8))
      for (other, text) in texts.enumerated() {
        #expect(Self.kept(table, text) == (other == number && text.utf8.count <= 17 ? number : nil))
      }
    }
  }

  @Test("What was asked for keeps its place once more, and what was not leaves it")
  func place() {
    var table = ByteTable<Int>(slots: 1)
    func keep(_ number: Int) { table.keep(number, of: Array("\(number)".utf8)) }
    keep(1)
    keep(2)
    #expect(Self.kept(table, "1") == nil && Self.kept(table, "2") == 2)
    keep(3)
    #expect(Self.kept(table, "3") == nil && Self.kept(table, "2") == 2)
    for number in 4...5 { keep(number) }
    #expect(Self.kept(table, "4") == nil && Self.kept(table, "2") == nil && Self.kept(table, "5") == 5)
  }

  @Test("Long bytes are not kept")
  func long() {
    var table = ByteTable<String>(slots: 16)
    for _ in 0..<2 { #expect(Self.ask(&table, String(repeating: "x", count: 257)).made == 1) }
  }
}
