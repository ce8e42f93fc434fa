import Caching
package import HTTPTypes
package import Hummingbird
package import Kernel
package import NIOCore

/// How refusals become HTTP: RFC 9457 problem details. The only place that knows.
package struct Problem: Error, Sendable {
  package let status: HTTPResponse.Status
  package let code: String
  private let title: String
  private let detail: String
  private let fields: [DomainError.FieldError]
  /// Sent with it, for example `Retry-After`.
  package var headers: HTTPFields
  /// What went wrong, for the log alone.
  package let underlying: any Error

  /// The problem of a refusal.
  /// - Parameter underlying: what led to it, when that is another error.
  package init(_ error: DomainError, underlying: (any Error)? = nil) {
    let (status, title) = Self.meaning(of: error.code)
    self.status = status
    self.title = title
    code = error.code.rawValue
    detail = error.message
    fields = error.fields
    self.underlying = underlying ?? error
    headers = [:]
    if status == .unauthorized { headers[.wwwAuthenticate] = "Bearer realm=\"tenantry\"" }
    if status == .serviceUnavailable { headers[.retryAfter] = "1" }
  }

  /// The problem of any error. What is not a refusal is an internal error, and says nothing of what it was.
  package init(of error: any Error) {
    switch error {
    case let problem as Problem: self = problem
    case let error as DomainError: self.init(error)
    case is CancellationError: self.init(DomainError(.unavailable, "The request was cancelled."), underlying: error)
    default: self.init(DomainError(.internalError, "Something went wrong here."), underlying: error)
    }
  }

  /// The answer: `application/problem+json`, never cached.
  package func response(requestID: String) -> Response { reply(requestID: requestID).response }

  func reply(requestID: String) -> Reply {
    var headers = headers
    headers[.contentType] = "application/problem+json"
    headers[.cacheControl] = "no-store"
    return Reply(status: status, headers: headers, body: body(requestID: requestID))
  }

  /// The body of the answer.
  package func body(requestID: String) -> ByteBuffer {
    let details = Details(
      type: "urn:tenantry:problem:\(code)", title: title, status: status.code, detail: detail, code: code,
      requestId: requestID, errors: fields.isEmpty ? nil : fields)
    // Texts and numbers always encode.
    return (try? CacheCodec.encode(details)) ?? ByteBuffer()
  }

  private static func meaning(of code: DomainError.Code) -> (HTTPResponse.Status, String) {
    switch code {
    case .malformedRequest: (.badRequest, "Malformed request")
    case .idempotencyKeyRequired: (.badRequest, "Idempotency key required")
    case .keyRequired: (.unauthorized, "Key required")
    case .keyUnknown: (.unauthorized, "Unknown key")
    case .keyNotAllowed: (.forbidden, "Key not allowed")
    case .tenantSuspended: (.forbidden, "Tenant suspended")
    case .bookingTokenRequired: (.forbidden, "Booking token required")
    case .notFound: (.notFound, "Not found")
    case .methodNotAllowed: (.methodNotAllowed, "Method not allowed")
    case .slugTaken: (.conflict, "Slug taken")
    case .dateTaken: (.conflict, "Date taken")
    case .segmentInUse: (.conflict, "Segment in use")
    case .dateUnavailable: (.conflict, "Date unavailable")
    case .bookingState: (.conflict, "Not possible in this state")
    case .idempotencyInFlight: (.conflict, "Request in flight")
    case .idempotencyMismatch: (.unprocessableContent, "Idempotency key used for another request")
    case .preconditionFailed: (.preconditionFailed, "Precondition failed")
    case .bodyTooLarge: (.contentTooLarge, "Body too large")
    case .validationFailed: (.unprocessableContent, "Validation failed")
    case .rateLimited: (.tooManyRequests, "Rate limited")
    case .unavailable: (.serviceUnavailable, "Unavailable")
    case .internalError: (.internalServerError, "Internal error")
    }
  }

  private struct Details: Codable {
    let type: String
    let title: String
    let status: Int
    let detail: String
    let code: String
    let requestId: String
    let errors: [DomainError.FieldError]?
  }
}
