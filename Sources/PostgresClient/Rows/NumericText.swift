/// A `numeric` written in decimal digits.
///
/// On the wire it is base 10000: count of digits, weight of the first, sign, decimals to show, digits (PostgreSQL
/// source, `numeric_send`).
struct NumericText {
  let text: String

  init(_ cell: PostgresCell) throws(PostgresError) {
    let bytes = cell.bytes
    func word(_ index: Int) -> UInt16 {
      UInt16(bigEndian: UnsafeRawBufferPointer(rebasing: bytes[(index * 2)...]))
    }
    guard bytes.count >= 8, bytes.count == 8 + Int(word(0)) * 2 else { throw cell.mismatch("numeric") }
    let digits = (0..<Int(word(0))).map { Int(word(4 + $0)) }
    let weight = Int(Int16(bitPattern: word(1)))
    let scale = Int(word(3))
    switch word(2) {
    case 0xC000: text = "NaN"
    case 0xD000: text = "Infinity"
    case 0xF000: text = "-Infinity"
    case let sign:
      var whole = weight < 0 ? "0" : ""
      for place in 0..<Swift.max(0, weight + 1) {
        let digit = String(place < digits.count ? digits[place] : 0)
        whole += whole.isEmpty ? digit : String(repeating: "0", count: 4 - digit.count) + digit
      }
      var fraction = ""
      var place = weight + 1
      while fraction.count < scale {
        let digit = String(place >= 0 && place < digits.count ? digits[place] : 0)
        fraction += String(repeating: "0", count: 4 - digit.count) + digit
        place += 1
      }
      let shown = scale > 0 ? whole + "." + fraction.prefix(scale) : whole
      text = (sign == 0x4000 ? "-" : "") + shown
    }
    withExtendedLifetime(cell) {}
  }
}
