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
    var table = ByteTable<String>(slots: 16)
    for text in ["", "a", "12345678", "123456789", String(repeating: "x", count: 256)] {
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

  @Test("A value that was kept of bytes is found by all of them and by no others, in the newest's place alone")
  func kept() {
    var table = ByteTable<Int>(slots: 1, longest: 17)
    let texts = ["", "12345678", "123456789", "1234567890123456", "12345678901234567", "123456789012345678"]
    for (number, text) in texts.enumerated() {
      let bytes = ByteBuffer(string: text)
      table.keep(number, of: bytes.readableBytesUInt8Span)
      let newest = text.utf8.count <= 17 ? number : number - 1
      for (other, text) in texts.enumerated() {
        #expect(table.value(ByteBuffer(string: text).readableBytesUInt8Span) == (other == newest ? newest : nil))
      }
    }
  }

  @Test("Long bytes are not kept")
  func long() {
    var table = ByteTable<String>(slots: 16)
    for _ in 0..<2 { #expect(Self.ask(&table, String(repeating: "x", count: 257)).made == 1) }
  }
}
