import Kernel

/// The parameters of a query string, decoded and checked as they are asked for. Those nobody asks for are ignored.
struct QueryItems {
  private let items: [(name: String, value: Substring)]

  /// - Parameter target: the request target, path included.
  init(target: String) {
    guard let mark = target.utf8.firstIndex(of: UInt8(ascii: "?")) else {
      items = []
      return
    }
    items = target[target.index(after: mark)...].split(separator: "&").map { item in
      guard let equals = item.utf8.firstIndex(of: UInt8(ascii: "=")) else { return (Self.name(item), "") }
      return (Self.name(item[..<equals]), item[item.index(after: equals)...])
    }
  }

  /// A name decoded. One that cannot be is nobody's, as it stands.
  private static func name(_ raw: Substring) -> String {
    PlainText.percentDecode(raw, plusIsSpace: true) ?? String(raw)
  }

  /// The value of a parameter as it stands; nil when it is absent.
  private func raw(_ name: String) -> Substring? { items.last { $0.name == name }?.value }

  /// A text of 1 to `limit` characters; nil when it is absent or empty. Throws `malformedRequest`.
  func text(_ name: String, limit: Int = 100) throws -> String? {
    guard let raw = raw(name), !raw.isEmpty else { return nil }
    guard let text = PlainText.percentDecode(raw, plusIsSpace: true) else {
      throw DomainError.malformed(name, "must be percent-encoded UTF-8")
    }
    guard text.count <= limit, text.utf8.count <= limit * 4, !PlainText.hasControls(text) else {
      throw DomainError.malformed(name, "must have at most \(limit) characters, none of them control characters")
    }
    return text
  }

  /// What `parse` makes of a parameter; nil when it is absent, not when it is empty. Throws `malformedRequest`.
  func parsed<Value>(_ name: String, _ expected: String, _ parse: (String) -> Value?) throws -> Value? {
    guard raw(name) != nil else { return nil }
    guard let text = try text(name), let value = parse(text) else {
      throw DomainError.malformed(name, "must be \(expected)")
    }
    return value
  }

  /// Whether a switch is set; not when it is absent.
  func flag(_ name: String) throws -> Bool {
    try parsed(name, "true or false") { ["true": true, "1": true, "false": false, "0": false][$0] } ?? false
  }

  func date(_ name: String) throws -> CalendarDate? {
    try parsed(name, "a date as YYYY-MM-DD") { CalendarDate($0) }
  }

  /// `limit` and `cursor` of a list.
  func page(of list: String) throws -> PageRequest {
    let limits = PageRequest.limits
    let limit = try parsed("limit", "a whole number from \(limits.lowerBound) to \(limits.upperBound)") { text in
      // `Int` would take a sign too.
      text.allSatisfy(\.isWholeNumber) ? Int(text).flatMap { limits.contains($0) ? $0 : nil } : nil
    }
    var cursor: Cursor?
    if let text = try text("cursor", limit: 2_000) {
      cursor = Cursor(text, list: list)
      if cursor == nil { throw DomainError.malformed("cursor", "must be the nextCursor of a page of this list") }
    }
    return PageRequest(after: cursor?.place, limit: limit ?? PageRequest.defaultLimit)
  }
}
