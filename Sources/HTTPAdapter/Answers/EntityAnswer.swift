import Caching
import HTTPTypes
import Hummingbird
import NIOCore

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

  /// The answer to a GET or HEAD that found `entry`.
  static func response(_ entry: CacheEntry, _ request: HTTPFields, _ freshness: Freshness) -> Response {
    respond(
      body: entry.body, gzip: entry.gzip, tag: entry.entityTag, request: request, freshness: freshness,
      vary: "X-Tenant-Key, Accept-Encoding")
  }

  /// The answer to a GET or HEAD that made `body`.
  static func response(
    _ body: ByteBuffer, _ request: HTTPFields, _ freshness: Freshness, vary: String = "X-Tenant-Key, Accept-Encoding"
  ) -> Response {
    respond(
      body: body, gzip: nil, tag: EntityTag(of: body), request: request, freshness: freshness, vary: vary)
  }

  private static func respond(
    body: ByteBuffer, gzip: ByteBuffer?, tag: EntityTag, request: HTTPFields, freshness: Freshness, vary: String
  ) -> Response {
    let gzip = gzip.flatMap { ContentNegotiation.wantsGzip(request) ? $0 : nil }
    var headers = HTTPFields()
    headers.reserveCapacity(12)
    headers.append(HTTPField(name: .eTag, value: gzip == nil ? tag.identity : tag.gzip))
    headers.append(HTTPField(name: .cacheControl, value: freshness.rawValue))
    headers.append(HTTPField(name: .vary, value: vary))
    if Preconditions.hasCurrent(request, tag) {
      return Response(status: .notModified, headers: headers)
    }
    headers.append(HTTPField(name: .contentType, value: "application/json"))
    if gzip != nil { headers.append(HTTPField(name: .contentEncoding, value: "gzip")) }
    return Response(status: .ok, headers: headers, body: ResponseBody(byteBuffer: gzip ?? body))
  }
}
