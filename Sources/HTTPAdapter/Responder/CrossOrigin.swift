import HTTPTypes
import Hummingbird

/// Lets browsers on other sites use the API (the Fetch standard's CORS protocol).
package struct CrossOrigin: Sendable {
  private let origins: Set<String>

  /// - Parameter origins: the sites that may; `*` lets every site.
  package init(origins: Set<String>) { self.origins = origins }

  /// The answer to a browser that asks before it sends a request; nil for any other request.
  func preflight(_ request: Request) -> Response? {
    guard request.method == .options, request.headers[.accessControlRequestMethod] != nil,
      allows(request.headers[.origin])
    else { return nil }
    return Response(
      status: .noContent,
      headers: [
        .accessControlAllowMethods: "GET, HEAD, POST, PATCH, DELETE",
        .accessControlAllowHeaders:
          "Authorization, Content-Type, Idempotency-Key, If-Match, If-None-Match, X-Booking-Token, X-Request-Id, "
          + "X-Tenant-Key, traceparent",
        .accessControlMaxAge: "600",
      ])
  }

  /// Says that an answer depends on the site, where it does.
  func vary(_ headers: inout HTTPFields) {
    guard !origins.isEmpty, !origins.contains("*") else { return }
    headers[.vary] = [headers[.vary], "Origin"].compactMap { $0 }.joined(separator: ", ")
  }

  /// Tells the browser that its site may read an answer.
  func allow(_ origin: String?, in headers: inout HTTPFields) {
    guard let allowed = allowed(origin) else { return }
    headers[.accessControlAllowOrigin] = allowed
    headers[.accessControlExposeHeaders] = Self.exposed
  }

  /// The same as bytes.
  func allow(_ origin: String?, in head: inout HeadBytes) {
    guard let allowed = allowed(origin) else { return }
    head.append("Access-Control-Allow-Origin: \(allowed)\r\nAccess-Control-Expose-Headers: \(Self.exposed)\r\n")
  }

  private static let exposed =
    "ETag, Idempotency-Replayed, Location, RateLimit, RateLimit-Policy, Retry-After, X-Request-Id"

  private func allowed(_ origin: String?) -> String? {
    guard let origin, allows(origin) else { return nil }
    return origins.contains("*") ? "*" : origin
  }

  private func allows(_ origin: String?) -> Bool {
    guard let origin else { return false }
    return origins.contains("*") || origins.contains(origin)
  }
}
