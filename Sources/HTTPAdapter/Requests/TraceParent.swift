import Kernel

/// The W3C Trace Context of a request.
enum TraceParent {
  /// The trace that a field names, 32 hexadecimal digits; nil when it is not well-formed.
  static func traceID(_ field: String) -> String? {
    let parts = field.split(separator: "-", omittingEmptySubsequences: false)
    guard parts.count >= 4, parts.map(\.utf8.count).prefix(4) == [2, 32, 16, 2], parts[0] != "ff",
      parts.prefix(4).allSatisfy({ $0.utf8.allSatisfy { Hexadecimal.value(of: $0) != nil } }),
      parts[1].contains(where: { $0 != "0" }), parts[2].contains(where: { $0 != "0" })
    else { return nil }
    return String(parts[1])
  }
}
