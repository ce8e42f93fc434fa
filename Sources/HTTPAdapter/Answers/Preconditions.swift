import Caching
import HTTPTypes

/// Compares entity tags (RFC 9110, section 13.1).
enum Preconditions {
  /// Whether `If-None-Match` names this version, in any of its codings. Weak comparison, as the RFC has it.
  static func hasCurrent(_ ifNoneMatch: String?, _ tag: EntityTag) -> Bool {
    guard let field = ifNoneMatch else { return false }
    if field == tag.identity || field == tag.gzip { return true }
    return list(field).contains { item in
      let strong = item.hasPrefix("W/") ? item.dropFirst(2) : item
      return item == "*" || strong == tag.identity || strong == tag.gzip
    }
  }

  /// Whether a write may go on: without `If-Match` always, else when it names one of the tags. Strong comparison.
  static func allowsWrite(_ headers: HTTPFields, _ tags: @autoclosure () throws -> [EntityTag]) rethrows -> Bool {
    guard let field = headers[.ifMatch] else { return true }
    let named = list(field)
    if named.contains("*") { return true }
    return try tags().contains { tag in named.contains { $0 == tag.identity || $0 == tag.gzip } }
  }

  private static func list(_ field: String) -> [Substring] { field.split(separator: ",").map(\.trimmed) }
}
