import HTTPTypes

/// Chooses a content coding (RFC 9110, section 12.5.3).
enum ContentNegotiation {
  /// Whether the client would rather have gzip, or has no choice. Without the field the body is sent as it is.
  static func wantsGzip(_ headers: HTTPFields) -> Bool {
    guard let field = headers[.acceptEncoding] else { return false }
    return wantsGzip(field)
  }

  /// The same for the value of an `Accept-Encoding` field.
  static func wantsGzip(_ field: String) -> Bool {
    if field == "gzip" || field == "gzip, deflate, br" || field == "gzip, deflate, br, zstd" { return true }
    var gzip: Double?
    var identity: Double?
    var others: Double?
    for item in field.split(separator: ",") {
      let parts = item.split(separator: ";").map(\.trimmed)
      let quality = parts.dropFirst().first { $0.lowercased().hasPrefix("q=") }.flatMap { Double($0.dropFirst(2)) } ?? 1
      switch parts.first?.lowercased() {
      case "gzip", "x-gzip": gzip = quality
      case "identity": identity = quality
      case "*": others = quality
      default: break
      }
    }
    guard let accepted = gzip ?? others, accepted > 0 else { return false }
    return accepted >= identity ?? 0
  }
}
