/// A refusal that a caller can act on. Adapters and services throw it; the entry points turn it into their own form.
package struct DomainError: Error, Sendable {
  package let code: Code
  package let message: String
  /// For `validationFailed` and `malformedRequest`: what is wrong with which field.
  package let fields: [FieldError]

  /// A refusal with its reason in one sentence that a client may see.
  package init(_ code: Code, _ message: String, fields: [FieldError] = []) {
    self.code = code
    self.message = message
    self.fields = fields
  }

  /// One invalid field: its path in the request, and why.
  package struct FieldError: Sendable, Equatable, Codable {
    package let field: String
    package let message: String

    package init(_ field: String, _ message: String) {
      self.field = field
      self.message = message
    }
  }
}

extension DomainError {
  /// What went wrong, as a word that stays the same in every version.
  package enum Code: String, Sendable, CaseIterable {
    case malformedRequest = "malformed_request"
    case idempotencyKeyRequired = "idempotency_key_required"
    case keyRequired = "key_required"
    case keyUnknown = "key_unknown"
    case keyNotAllowed = "key_not_allowed"
    case tenantSuspended = "tenant_suspended"
    case bookingTokenRequired = "booking_token_required"
    case notFound = "not_found"
    case methodNotAllowed = "method_not_allowed"
    case slugTaken = "slug_taken"
    case dateTaken = "date_taken"
    case segmentInUse = "segment_in_use"
    case dateUnavailable = "date_unavailable"
    case bookingState = "booking_state"
    case idempotencyInFlight = "idempotency_in_flight"
    case idempotencyMismatch = "idempotency_mismatch"
    case preconditionFailed = "precondition_failed"
    case bodyTooLarge = "body_too_large"
    case validationFailed = "validation_failed"
    case rateLimited = "rate_limited"
    case unavailable = "unavailable"
    case internalError = "internal_error"
  }

  /// Whether nothing was changed for certain; only when the store fails may it have been.
  package var isCertain: Bool { code != .unavailable && code != .internalError }

  /// The object is not there, or it is another tenant's: nobody can tell which.
  package static func notFound(_ what: String) -> DomainError {
    DomainError(.notFound, "There is no such \(what).")
  }

  /// One field of an otherwise readable request is wrong.
  package static func invalid(_ field: String, _ message: String) -> DomainError {
    DomainError(.validationFailed, "The request has an invalid field.", fields: [FieldError(field, message)])
  }

  /// The address or a parameter cannot be read.
  package static func malformed(_ field: String, _ message: String) -> DomainError {
    DomainError(.malformedRequest, "The request has a malformed parameter.", fields: [FieldError(field, message)])
  }
}
