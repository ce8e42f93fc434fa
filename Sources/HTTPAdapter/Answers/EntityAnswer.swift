import Caching
import HTTPTypes
import Hummingbird
import NIOCore

/// An answer whole: what both the router's way and the event loop's send.
struct Reply: Sendable {
  var status: HTTPResponse.Status
  var headers: HTTPFields
  /// Nil for an answer that has no body.
  var body: ByteBuffer?

  /// The same for Hummingbird.
  var response: Response {
    Response(status: status, headers: headers, body: body.map(ResponseBody.init(byteBuffer:)) ?? ResponseBody())
  }
}

/// Turns a cached entry into an answer. The only place that decides what a hit sends: 304, gzip or the body as it is.
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
    reply(entry.body, gzip: entry.gzip, entry.entityTag, request, freshness, vary: varyByKey)
  }

  /// The answer to a GET or HEAD that made `body`.
  static func reply(
    _ body: ByteBuffer, _ request: HTTPFields, _ freshness: Freshness, vary: String = varyByKey
  ) -> Reply {
    reply(body, gzip: nil, EntityTag(of: body), request, freshness, vary: vary)
  }

  private static func reply(
    _ body: ByteBuffer, gzip: ByteBuffer?, _ tag: EntityTag, _ request: HTTPFields, _ freshness: Freshness,
    vary: String
  ) -> Reply {
    let gzip = gzip.flatMap { ContentNegotiation.wantsGzip(request) ? $0 : nil }
    var headers = HTTPFields()
    headers.reserveCapacity(12)
    headers.append(HTTPField(name: .eTag, value: gzip == nil ? tag.identity : tag.gzip))
    headers.append(HTTPField(name: .cacheControl, value: freshness.rawValue))
    headers.append(HTTPField(name: .vary, value: vary))
    if Preconditions.hasCurrent(request, tag) { return Reply(status: .notModified, headers: headers) }
    headers.append(HTTPField(name: .contentType, value: "application/json"))
    if gzip != nil { headers.append(HTTPField(name: .contentEncoding, value: "gzip")) }
    return Reply(status: .ok, headers: headers, body: gzip ?? body)
  }
}
