import Caching
import HTTPTypes
import Hummingbird
import NIOCore

/// An answer whole: what the router's way sends, and what the event loop's makes its bytes of.
struct Reply: Sendable {
  var status: HTTPResponse.Status
  var headers: HTTPFields
  /// Nil for an answer that has no body.
  var body: ByteBuffer?

  /// The status line and the fields as HTTP/1.1 sends them, without the empty line.
  var lines: String {
    let fields = headers.map { "\($0.name.rawName): \($0.value)\r\n" }.joined()
    return "HTTP/1.1 \(status.code) \(status.reasonPhrase)\r\n\(fields)"
  }

  /// The same for Hummingbird.
  var response: Response {
    Response(status: status, headers: headers, body: body.map(ResponseBody.init(byteBuffer:)) ?? ResponseBody())
  }
}

/// Turns a cached entry into an answer. The only place that decides what a hit sends.
enum EntityAnswer {
  /// How long caches of clients may use an answer.
  enum Freshness: String {
    /// Catalog data: a minute, and five more while they ask again.
    case catalog = "private, max-age=60, stale-while-revalidate=300"
    /// Ask every time, with the tag.
    case revalidate = "no-cache"
    /// Staff data: the same, and never in a shared cache.
    case staff = "private, no-cache"
  }

  /// What answers of storefront routes depend on.
  static let varyByKey = "X-Tenant-Key, Accept-Encoding"

  /// The answer to a GET or HEAD that found `entry`.
  static func reply(_ entry: CacheEntry, _ request: HTTPFields, _ freshness: Freshness) -> Reply {
    let form = EntityForm(
      entry, wantsGzip: ContentNegotiation.wantsGzip(request), ifNoneMatch: request[.ifNoneMatch])
    return reply(form, entry, freshness)
  }

  /// The answer that sends `entry` in one form.
  static func reply(_ form: EntityForm, _ entry: CacheEntry, _ freshness: Freshness) -> Reply {
    reply(form, entry.entityTag, form.body(of: entry), freshness, vary: varyByKey)
  }

  /// The answer to a GET or HEAD that made `body`.
  static func reply(
    _ body: ByteBuffer, _ request: HTTPFields, _ freshness: Freshness, vary: String = varyByKey
  ) -> Reply {
    let tag = EntityTag(of: body)
    let form = EntityForm(tag, isGzip: false, ifNoneMatch: request[.ifNoneMatch])
    return reply(form, tag, form.isUnchanged ? nil : body, freshness, vary: vary)
  }

  /// What an answer in one form looks like, whatever it sends, and the tag that stands in it.
  static func sample(_ form: EntityForm, _ freshness: Freshness) -> (reply: Reply, tag: String) {
    let (nothing, tag) = (ByteBuffer(), EntityTag(of: ByteBuffer()))
    return (reply(form, tag, form.isUnchanged ? nil : nothing, freshness, vary: varyByKey), form.tag(tag))
  }

  private static func reply(
    _ form: EntityForm, _ tag: EntityTag, _ body: ByteBuffer?, _ freshness: Freshness, vary: String
  ) -> Reply {
    var headers = HTTPFields()
    headers.reserveCapacity(12)
    headers.append(HTTPField(name: .eTag, value: form.tag(tag)))
    headers.append(HTTPField(name: .cacheControl, value: freshness.rawValue))
    headers.append(HTTPField(name: .vary, value: vary))
    guard let body else { return Reply(status: .notModified, headers: headers) }
    headers.append(HTTPField(name: .contentType, value: "application/json"))
    if form.isGzip { headers.append(HTTPField(name: .contentEncoding, value: "gzip")) }
    return Reply(status: .ok, headers: headers, body: body)
  }
}
