import HTTPTypes
import Kernel

/// The identifier of a request, in its answer and in every log line about it.
enum RequestIdentifier {
  /// The caller's, when it is 1 to 128 letters, digits, dots, hyphens and underscores; else a new one.
  static func of(_ headers: HTTPFields, new: () -> UniqueID) -> String {
    if let given = headers[.requestID], lengths.contains(given.utf8.count), given.utf8.allSatisfy(isSane) {
      return given
    }
    return new().description
  }

  /// Whether the caller has sent one, which stands at a place, that is sane.
  static func isSane(_ bytes: Span<UInt8>, _ place: PlainHead.Place) -> Bool {
    lengths.contains(place.count) && place.allSatisfy { isSane(bytes[$0]) }
  }

  private static let lengths = 1...128

  private static func isSane(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "_"):
      true
    default: false
    }
  }
}
