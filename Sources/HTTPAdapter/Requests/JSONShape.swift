import NIOCore

/// Bounds on JSON before it is decoded, since decoding costs time for each value and each level around it.
enum JSONShape {
  static let maximumDepth = 32
  static let maximumValues = 20_000

  /// Whether a text, if it is JSON, keeps the bounds. One pass over the bytes; what is no JSON is left to the decoder.
  static func isModest(_ body: ByteBuffer) -> Bool {
    var depth = 0
    var values = 1
    var isInString = false
    var isEscaped = false
    for byte in body.readableBytesView {
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
      case UInt8(ascii: "\""): isInString = true
      case UInt8(ascii: "["), UInt8(ascii: "{"):
        depth += 1
        values += 1
      case UInt8(ascii: "]"), UInt8(ascii: "}"): depth -= 1
      case UInt8(ascii: ","): values += 1
      default: break
      }
      if depth > maximumDepth || values > maximumValues { return false }
    }
    return true
  }
}
