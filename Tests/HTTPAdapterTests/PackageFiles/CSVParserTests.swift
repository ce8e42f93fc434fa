import Testing

@testable import HTTPAdapter

@Suite("CSVParser")
struct CSVParserTests {
  @Test(
    "Records end with CRLF, LF or CR; quoted fields hold commas, quotes and line ends",
    arguments: [
      ("a,b\r\nc,d\r\n", [["a", "b"], ["c", "d"]]), ("a,b\nc,d", [["a", "b"], ["c", "d"]]),
      ("a\rb\r", [["a"], ["b"]]), ("\"a,b\",\"c\"\"d\"\n", [["a,b", "c\"d"]]),
      ("\"one\r\ntwo\nthree\rfour\",x\n", [["one\r\ntwo\nthree\rfour", "x"]]), ("a,\n,b\n", [["a", ""], ["", "b"]]),
      ("\"\"\n", [[""]]), ("\u{FEFF}a,b\n", [["a", "b"]]), ("\u{FEFF}\"a\",b\n", [["a", "b"]]),
      ("\n\r\na\n\n", [["a"]]), ("", []), ("a,", [["a", ""]]), ("é,“quoted”,👰\n", [["é", "“quoted”", "👰"]]),
      ("5\" rope,b\n", [["5\" rope", "b"]]),
    ])
  func records(text: String, expected: [[String]]) {
    let whole = parse(text, piece: .max)
    #expect(whole.map(\.fields) == expected)
    #expect(whole.allSatisfy { $0.flaw == nil })
    for piece in 1...3 { #expect(parse(text, piece: piece) == whole, "in pieces of \(piece)") }
  }

  @Test("Each record knows the line it begins at, line ends in fields counted")
  func lines() {
    let records = parse("h\r\n\"a\r\nb\"\r\nc\n\n\"d\re\"\rf", piece: .max)
    #expect(records.map(\.line) == [1, 2, 4, 6, 8])
  }

  @Test(
    "A record that cannot be used says why, and the next is read",
    arguments: [("\"a\"b\nc\n", 2), ("\"a\" \nc\n", 2), ("\"a\nb", 1)])
  func flaws(text: String, count: Int) {
    let records = parse(text, piece: .max)
    #expect(records.count == count)
    #expect(records[0].flaw != nil)
    if count == 2 { #expect(records[1].fields == ["c"]) }
  }

  @Test("Bytes that are no UTF-8 are a flaw, not other characters")
  func encoding() {
    var (parser, records) = (CSVParser(), [CSVParser.Record]())
    parser.read([0x61, 0xC3, 0x28, 0x0A, 0x62, 0x0A], into: &records)
    #expect(records.map(\.flaw) == ["is not UTF-8", nil])
  }

  @Test("A quote that is never closed takes a bounded part of the file")
  func bounded() {
    let text = "\"" + String(repeating: "x", count: CSVParser.largestRecord + 10) + "\nnext\n"
    let records = parse(text, piece: 4096)
    #expect(records.count == 2)
    #expect(records[0].flaw != nil && records[1].fields == ["next"])
  }

  @Test(
    "What begins like a formula is written so that it is none, and read as it was",
    arguments: ["=1+1", "+1", "-1", "@a", "\t=1", "\rx", "\nx", "'=1", "''-x", "=cmd|' /C calc'!A0"])
  func formulas(text: String) {
    let guarded = CSVText.guarded(text)
    #expect(guarded == "'" + text)
    #expect(CSVText.unguarded(guarded) == text)
    #expect(parse(CSVText.record([guarded, "x"]), piece: .max).map(\.fields) == [[guarded, "x"]])
  }

  @Test("Other texts are left as they are", arguments: ["", "a=1", "'quoted'", "'", "1-2", " =1"])
  func harmless(text: String) {
    #expect(CSVText.guarded(text) == text)
    #expect(CSVText.unguarded(text) == text)
  }

  private func parse(_ text: String, piece: Int) -> [CSVParser.Record] {
    var (parser, records, rest) = (CSVParser(), [CSVParser.Record](), Array(text.utf8)[...])
    while !rest.isEmpty {
      parser.read(rest.prefix(piece), into: &records)
      rest = rest.dropFirst(piece)
    }
    parser.finish(into: &records)
    return records
  }
}
