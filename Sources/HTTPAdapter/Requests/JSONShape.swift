import NIOCore

/// What a JSON text must keep before it is decoded: bounds, since decoding costs time for each value and each level around
/// it, and what the decoder would let pass though RFC 8259 does not.
enum JSONShape {
  static let maximumDepth = 32
  static let maximumValues = 20_000

  enum Verdict {
    case fits
    /// Too many or too deeply nested values.
    case excessive
    /// A NUL, as UTF-16 and UTF-32 would have, or a comma before a closing bracket.
    case malformed
  }

  /// One pass over the bytes. What else is no JSON is left to the decoder.
  static func check(_ body: ByteBuffer) -> Verdict {
    var depth = 0
    var values = 1
    var isInString = false
    var isEscaped = false
    var last: UInt8 = 0
    for byte in body.readableBytesView {
      if byte == 0 { return .malformed }
      if isInString {
        if isEscaped {
          isEscaped = false
        } else if byte == UInt8(ascii: "\\") {
          isEscaped = true
        } else if byte == UInt8(ascii: "\"") {
          isInString = false
        }
        continue
      }
      switch byte {
      case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\n"), UInt8(ascii: "\r"): continue
      case UInt8(ascii: "\""): isInString = true
      case UInt8(ascii: "["), UInt8(ascii: "{"):
        depth += 1
        values += 1
      case UInt8(ascii: "]"), UInt8(ascii: "}"):
        if last == UInt8(ascii: ",") { return .malformed }
        depth -= 1
      case UInt8(ascii: ","): values += 1
      default: break
      }
      if depth > maximumDepth || values > maximumValues { return .excessive }
      last = byte
    }
    return .fits
  }
}
