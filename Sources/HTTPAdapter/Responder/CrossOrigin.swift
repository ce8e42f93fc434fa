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

  /// Tells the browser that its site may read an answer.
  func allow(_ request: HTTPFields, in headers: inout HTTPFields) {
    guard !origins.isEmpty else { return }
    if !origins.contains("*") { headers[.vary] = [headers[.vary], "Origin"].compactMap { $0 }.joined(separator: ", ") }
    guard let origin = request[.origin], allows(origin) else { return }
    headers[.accessControlAllowOrigin] = origins.contains("*") ? "*" : origin
    headers[.accessControlExposeHeaders] =
      "ETag, Idempotency-Replayed, Location, RateLimit, RateLimit-Policy, Retry-After, X-Request-Id"
  }

  private func allows(_ origin: String?) -> Bool {
    guard let origin else { return false }
    return origins.contains("*") || origins.contains(origin)
  }
}
