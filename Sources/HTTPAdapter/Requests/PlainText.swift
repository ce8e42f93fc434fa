import Kernel

/// What texts from outside may hold.
enum PlainText {
  /// Whether a text holds control characters (C0, DEL, C1) or line and paragraph separators.
  /// - Parameter allowsLines: lets tab, line feed and carriage return pass.
  static func hasControls(_ text: String, allowsLines: Bool = false) -> Bool {
    text.unicodeScalars.contains { scalar in
      switch scalar.value {
      case 0x09, 0x0A, 0x0D: !allowsLines
      case 0...0x1F, 0x7F...0x9F, 0x2028, 0x2029: true
      default: false
      }
    }
  }

  /// Percent-decodes; nil when an escape is broken or the bytes are not UTF-8.
  /// - Parameter plusIsSpace: as in query strings made by forms.
  static func percentDecode(_ text: Substring, plusIsSpace: Bool) -> String? {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(text.utf8.count)
    var rest = text.utf8[...]
    while let byte = rest.popFirst() {
      switch byte {
      case UInt8(ascii: "%"):
        guard let high = rest.popFirst().flatMap(Hexadecimal.value),
          let low = rest.popFirst().flatMap(Hexadecimal.value)
        else { return nil }
        bytes.append(high << 4 | low)
      case UInt8(ascii: "+") where plusIsSpace: bytes.append(UInt8(ascii: " "))
      default: bytes.append(byte)
      }
    }
    return String(validating: bytes, as: UTF8.self)
  }
}
