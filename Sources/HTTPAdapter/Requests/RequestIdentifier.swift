import HTTPTypes
import Kernel

/// The identifier of a request, in its answer and in every log line about it.
enum RequestIdentifier {
  /// The caller's, when it is 1 to 128 letters, digits, dots, hyphens and underscores; else a new one.
  static func of(_ headers: HTTPFields, new: () -> UniqueID) -> String {
    if let given = headers[.requestID], isSane(given) { return given }
    return new().description
  }

  /// The caller's, which stands at a place, when it is sane.
  static func of(_ bytes: Span<UInt8>, _ place: PlainHead.Place) -> String? {
    guard !place.isEmpty else { return nil }
    let given = String(bytes, place)
    return isSane(given) ? given : nil
  }

  private static func isSane(_ text: String) -> Bool {
    (1...128).contains(text.utf8.count)
      && text.utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
          UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "_"):
          true
        default: false
        }
      }
  }
}
