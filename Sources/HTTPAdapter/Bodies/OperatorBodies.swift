import Kernel

/// The body of `/cache/invalidate`: `{tenant}`, `{tenant, tags}` or `{tenant, pattern}`.
struct CacheInvalidation {
  /// A slug or an identifier.
  let tenant: String
  let tags: [String]?
  let pattern: String?

  init(body: [String: JSONValue]) throws {
    var reader = FieldReader(body)
    let tenant = reader.require("tenant") { $0.text("tenant", 1...Slug.maximumLength) }
    tags = reader.texts("tags", limit: 100, "the name of a tag") { (1...200).contains($0.utf8.count) ? $0 : nil }
    pattern = reader.text("pattern", 1...500)
    if tags != nil, pattern != nil { reader.fail("pattern", "must not stand beside tags") }
    if tags?.isEmpty == true { reader.fail("tags", "must not be empty") }
    guard let tenant, reader.isValid else { throw reader.refusal }
    self.tenant = tenant
  }

  /// For the audit log.
  var detail: [String: String] {
    if let pattern { return ["pattern": pattern] }
    return tags.map { ["tags": $0.joined(separator: ",")] } ?? [:]
  }
}
