extension Endpoint {
  /// What operators and machines ask of the process itself.
  static let operations: [Endpoint] = [
    health, live, ready, cacheHealth, databaseHealth, detailedHealth, status, metrics, plainMetrics, openAPI,
  ]

  static let health = Endpoint(
    "getHealth", .get, "/health", base: .root, access: .open, tag: "Operations", "The process and its cache",
    answers: [.ok("Health")])

  static let live = Endpoint(
    "getLiveness", .get, "/health/live", base: .root, access: .open, tag: "Operations", "Whether the process runs",
    answers: [.ok("Status")])

  static let ready = Endpoint(
    "getReadiness", .get, "/health/ready", base: .root, access: .open, tag: "Operations",
    "Whether requests are welcome: not while starting or draining", answers: [.ok("Status"), .notReady])

  static let cacheHealth = Endpoint(
    "getCacheHealth", .get, "/health/cache", base: .root, access: .open, tag: "Operations", "The cache",
    answers: [.ok("CacheHealth")])

  static let databaseHealth = Endpoint(
    "getDatabaseHealth", .get, "/health/database", base: .root, access: .open, tag: "Operations",
    "The database servers; 503 while none takes writes",
    answers: [.ok("DatabaseHealth"), Answer(status: 503, summary: "No server takes writes", schema: "DatabaseHealth")])

  static let detailedHealth = Endpoint(
    "getDetailedHealth", .get, "/health/detailed", base: .root, access: .open, tag: "Operations",
    "Every check; hosts and errors for an operator's token alone", answers: [.ok("DetailedHealth")])

  static let status = Endpoint(
    "getStatus", .get, "/api/status", base: .root, access: .open, tag: "Operations", "A sign of life",
    answers: [.ok("Status")])

  static let metrics = Endpoint(
    "getMetrics", .get, "/metrics", base: .root, access: .operatorsOrLocal(.viewer), tag: "Operations",
    "Metrics in the Prometheus text format; callers on this machine need no token",
    answers: [Answer(status: 200, summary: "The metrics", schema: "Text", mediaTypes: ["text/plain"])])

  static let plainMetrics = Endpoint(
    "getPlainMetrics", .get, "/metrics/json", base: .root, access: .operatorsOrLocal(.viewer), tag: "Operations",
    "A few figures since the start; callers on this machine need no token", answers: [.ok("PlainMetrics")])

  static let openAPI = Endpoint(
    "getOpenAPI", .get, "/openapi.json", base: .root, access: .open, tag: "Operations", "This document",
    parameters: .conditional, answers: [.ok("Document"), .notModified])

  /// Every route there is.
  package static let all: [Endpoint] = catalog + bookings + staff + exchange + operators + operations
}
