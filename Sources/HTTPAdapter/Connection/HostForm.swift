import Kernel

/// The form of a Host field, read byte by byte: `uri-host [":" port]` (RFC 9110, section 7.2). A name has no comma here,
/// though it might (RFC 3986, section 3.2.2): a list of hosts is no host.
struct HostForm {
  private enum Part {
    case start
    case name
    /// Between brackets; the first of the two has read nothing there.
    case opened
    case address
    case closed
    case port
    case wrong
  }

  private var part = Part.start

  /// Whether what has been read is a host; nothing at all is one.
  var isWhole: Bool { part != .opened && part != .address && part != .wrong }

  /// Whether a text is a host.
  static func isMet(by text: some StringProtocol) -> Bool {
    var form = HostForm()
    for byte in text.utf8 { form.read(byte) }
    return form.isWhole
  }

  mutating func read(_ byte: UInt8) {
    switch part {
    case .start where byte == UInt8(ascii: "["): part = .opened
    case .address where byte == UInt8(ascii: "]"): part = .closed
    case .opened, .address: part = Self.isOfAddress(byte) ? .address : .wrong
    case .start, .name, .closed:
      if byte == UInt8(ascii: ":") {
        part = .port
      } else {
        part = part != .closed && Self.isOfName(byte) ? .name : .wrong
      }
    case .port where !(UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte): part = .wrong
    case .port, .wrong: break
    }
  }

  private static func isOfAddress(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: ":") || byte == UInt8(ascii: ".") || Hexadecimal.value(of: byte) != nil
  }

  private static func isOfName(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~"),
      UInt8(ascii: "%"), UInt8(ascii: "!"), UInt8(ascii: "$"), UInt8(ascii: "&")...UInt8(ascii: "+"),
      UInt8(ascii: ";"), UInt8(ascii: "="):
      true
    default: false
    }
  }
}
