/// The escaping of one part of a key: RFC 3986 percent-encoding of everything outside the unreserved characters.
enum KeyPart {
  /// Appends a part with every byte escaped but letters, digits, `-`, `.`, `_` and `~`. Different parts give different
  /// results.
  static func append(_ part: String, to text: inout String) {
    text += part.utf8.allSatisfy(isUnreserved) ? part : escape(part)
  }

  private static func escape(_ text: String) -> String {
    var escaped: [UInt8] = []
    escaped.reserveCapacity(text.utf8.count * 3)
    for byte in text.utf8 {
      if isUnreserved(byte) {
        escaped.append(byte)
      } else {
        escaped.append(UInt8(ascii: "%"))
        escaped.append(contentsOf: [digit(byte >> 4), digit(byte & 0xF)])
      }
    }
    return String(decoding: escaped, as: UTF8.self)
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
