extension Endpoint {
  /// What operators and machines ask of the process itself.
  static let operations: [Endpoint] = [
    health, live, ready, cacheHealth, databaseHealth, status, metrics, openAPI,
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

  static let status = Endpoint(
    "getStatus", .get, "/api/status", base: .root, access: .open, tag: "Operations", "A sign of life",
    answers: [.ok("Status")])

  static let metrics = Endpoint(
    "getMetrics", .get, "/metrics", base: .root, access: .open, tag: "Operations",
    "Metrics in the Prometheus text format, for callers on this machine",
    answers: [Answer(status: 200, summary: "The metrics", schema: "Text", mediaType: "text/plain"), .forbidden])

  static let openAPI = Endpoint(
    "getOpenAPI", .get, "/openapi.json", base: .root, access: .open, tag: "Operations", "This document",
    answers: [.ok("Document")])

  /// Every route there is.
  package static let all: [Endpoint] = catalog + bookings + staff + operations
}
