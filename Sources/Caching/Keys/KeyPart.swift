/// The escaping of one part of a key: RFC 3986 percent-encoding of everything outside the unreserved characters.
enum KeyPart {
  /// The length of a part with every byte escaped but letters, digits, `-`, `.`, `_` and `~`.
  static func length(_ part: String) -> Int {
    part.utf8.reduce(0) { $0 + (isUnreserved($1) ? 1 : 3) }
  }

  /// Writes a part, escaped, and returns the position after it. Different parts give different results.
  static func write(_ part: String, to buffer: UnsafeMutableBufferPointer<UInt8>, at start: Int) -> Int {
    var position = start
    for byte in part.utf8 {
      if isUnreserved(byte) {
        buffer[position] = byte
        position += 1
      } else {
        buffer[position] = UInt8(ascii: "%")
        buffer[position + 1] = digit(byte >> 4)
        buffer[position + 2] = digit(byte & 0xF)
        position += 3
      }
    }
    return position
  }

  static func isUnreserved(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~"):
      true
    default: false
    }
  }

  private static func digit(_ value: UInt8) -> UInt8 {
    value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "A") + value - 10
  }
}
