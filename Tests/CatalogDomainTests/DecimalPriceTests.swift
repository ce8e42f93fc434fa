import CatalogDomain
import Kernel
import Testing

@Suite("DecimalPrice")
struct DecimalPriceTests {
  @Test(
    "A decimal number becomes minor units exactly",
    arguments: [
      ("12.50", "USD", 1250), ("12.5", "USD", 1250), ("12", "USD", 1200), ("0.01", "USD", 1), (".5", "USD", 50),
      ("5.", "USD", 500), ("19.99", "EUR", 1999), ("12.5000", "USD", 1250), ("1200", "JPY", 1200),
      ("1200.00", "JPY", 1200),
      ("1.234", "KWD", 1234), ("90071992547409.93", "USD", 9_007_199_254_740_993),
    ])
  func exact(text: String, currency: String, expected: Int) throws {
    #expect(DecimalPrice.minorUnits(text, try #require(CurrencyCode(currency))) == expected)
  }

  @Test(
    "What is no price of the currency is refused",
    arguments: ["", ".", "-1", "+1", "1e3", "1,000.00", "12.505", "$5", "5 USD", "١٢", "1.2.3", "99999999999999999999"])
  func refused(text: String) throws {
    #expect(DecimalPrice.minorUnits(text, try #require(CurrencyCode("USD"))) == nil)
  }
}
