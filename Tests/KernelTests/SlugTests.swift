import Foundation
import Kernel
import Testing

@Suite("Slug and CurrencyCode")
struct SlugTests {
  @Test(
    "Lowercase letters, digits and inner hyphens make a slug",
    arguments: ["a", "7", "sunrise-package", "a--b", "2027", String(repeating: "a", count: 100)])
  func accepted(text: String) { #expect(Slug(text)?.description == text) }

  @Test(
    "Anything else is refused",
    arguments: [
      "", "-", "-a", "a-", "A", "a b", "a_b", "a.b", "a/b", "é", "a\n", "a:b", "{a}", "*", "ａ",
      String(repeating: "a", count: 101),
    ])
  func refused(text: String) { #expect(Slug(text) == nil) }

  @Test("What reads as an identifier is no slug, so that an address names one or the other")
  func identifier() {
    #expect(Slug("01234567-89ab-cdef-fedc-ba9876543210") == nil)
    #expect(Slug("01234567-89ab-cdef-fedc-ba987654321") != nil)
  }

  @Test("Active national currencies are known, in upper case", arguments: ["USD", "EUR", "JPY", "CAD", "KWD"])
  func knownCurrency(code: String) { #expect(CurrencyCode(code)?.description == code) }

  @Test(
    "Anything else is no currency", arguments: ["", "usd", "US", "USDX", "XXX", "XTS", "XAU", "DEM", "ZZZ", "USD "])
  func unknownCurrency(code: String) { #expect(CurrencyCode(code) == nil) }

  @Test("Both are JSON strings; others are refused")
  func json() throws {
    #expect(try JSONDecoder().decode([Slug].self, from: Data(#"["a-b"]"#.utf8)).map(\.description) == ["a-b"])
    #expect(throws: DecodingError.self) { try JSONDecoder().decode([Slug].self, from: Data(#"["A"]"#.utf8)) }
    #expect(throws: DecodingError.self) { try JSONDecoder().decode([CurrencyCode].self, from: Data(#"["usd"]"#.utf8)) }
  }
}
