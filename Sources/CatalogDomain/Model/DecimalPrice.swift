package import Kernel

/// Prices as people and other shops write them: `12.50`.
package enum DecimalPrice {
  /// The price in minor units of a currency, exactly; nil for what is no plain decimal number, is negative, or has more
  /// decimal places than the currency.
  package static func minorUnits(_ text: String, _ currency: CurrencyCode) -> Int? {
    let parts = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
    let fraction = parts.count == 2 ? parts[1] : ""
    let places = currency.minorDigits
    guard let whole = parts.first, whole.utf8.allSatisfy(isDigit), fraction.utf8.allSatisfy(isDigit),
      !(whole.isEmpty && fraction.isEmpty), fraction.dropFirst(places).allSatisfy({ $0 == "0" })
    else { return nil }
    let digits = fraction.prefix(places)
    return Int(whole + digits + String(repeating: "0", count: places - digits.count))
  }

  private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
}

extension CurrencyCode {
  /// Decimal places of the currency's minor unit (ISO 4217, list one).
  package var minorDigits: Int {
    switch description {
    case "BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "VND", "VUV", "XAF", "XOF", "XPF":
      0
    case "BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND": 3
    default: 2
    }
  }
}
