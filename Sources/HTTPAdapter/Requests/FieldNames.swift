import HTTPTypes

extension HTTPField.Name {
  static let requestID = Self("X-Request-Id")!
  static let tenantKey = Self("X-Tenant-Key")!
  static let bookingToken = Self("X-Booking-Token")!
  static let idempotencyKey = Self("Idempotency-Key")!
  static let idempotencyReplayed = Self("Idempotency-Replayed")!
  static let rateLimit = Self("RateLimit")!
  static let rateLimitPolicy = Self("RateLimit-Policy")!
  static let forwarded = Self("Forwarded")!
  static let forwardedFor = Self("X-Forwarded-For")!
  static let forwardedProto = Self("X-Forwarded-Proto")!
  static let forwardedHost = Self("X-Forwarded-Host")!
  static let forwardedPort = Self("X-Forwarded-Port")!
  static let realIP = Self("X-Real-IP")!
  static let traceParent = Self("traceparent")!
}
