/// The bytes of a JSON text (RFC 8259) while it is written.
final class JSONOutput {
  var bytes: [UInt8] = []

  init(capacity: Int) { bytes.reserveCapacity(capacity) }

  func write(_ literal: StaticString) {
    literal.withUTF8Buffer { bytes.append(contentsOf: $0) }
  }

  /// A string with its quotes. What must not stand in one is escaped, nothing else.
  func write(_ text: String) {
    var text = text
    bytes.append(UInt8(ascii: "\""))
    text.withUTF8 { utf8 in
      var plain = 0
      for (index, byte) in utf8.enumerated()
      where byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") {
        bytes.append(contentsOf: utf8[plain..<index])
        writeEscaped(byte)
        plain = index + 1
      }
      bytes.append(contentsOf: utf8[plain...])
    }
    bytes.append(UInt8(ascii: "\""))
  }

  func write(_ value: Bool) { if value { write("true" as StaticString) } else { write("false" as StaticString) } }

  func write(_ value: some FixedWidthInteger) {
    if value < 0 { bytes.append(UInt8(ascii: "-")) }
    var rest = value.magnitude
    let start = bytes.count
    repeat {
      let (quotient, digit) = rest.quotientAndRemainder(dividingBy: 10)
      bytes.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: digit))
      rest = quotient
    } while rest != 0
    bytes[start...].reverse()
  }

  /// The shortest digits that read back as the same number; a whole number has no fraction. Of finite numbers only.
  func write(_ value: some BinaryFloatingPoint & CustomStringConvertible) {
    var digits = value.description[...]
    if digits.hasSuffix(".0") { digits.removeLast(2) }
    bytes.append(contentsOf: digits.utf8)
  }

  private func writeEscaped(_ byte: UInt8) {
    switch byte {
    case UInt8(ascii: "\""): write(#"\""# as StaticString)
    case UInt8(ascii: "\\"): write(#"\\"# as StaticString)
    case 0x08: write(#"\b"# as StaticString)
    case 0x09: write(#"\t"# as StaticString)
    case 0x0A: write(#"\n"# as StaticString)
    case 0x0C: write(#"\f"# as StaticString)
    case 0x0D: write(#"\r"# as StaticString)
    default:
      write(#"\u00"# as StaticString)
      for digit in [byte >> 4, byte & 15] {
        bytes.append(digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") - 10 + digit)
      }
    }
  }
}
