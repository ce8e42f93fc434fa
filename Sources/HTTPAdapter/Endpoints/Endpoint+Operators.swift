extension Endpoint {
  /// What operators of the platform ask and do.
  static let operators: [Endpoint] = [
    cacheState, cacheStats, clusterStatus, invalidateCache, databaseState, slowQueries, suggestions,
  ]

  static let cacheState = Endpoint(
    "getCacheState", .get, "/cache/health", access: .operators(.viewer), tag: "Operators",
    "The tiers of the cache and the named stores", answers: [.ok("CacheState")])

  static let cacheStats = Endpoint(
    "getCacheStats", .get, "/cache/stats", access: .operators(.viewer), tag: "Operators",
    "What the cache of this instance holds and has done since the start", answers: [.ok("CacheStats")])

  static let clusterStatus = Endpoint(
    "getClusterStatus", .get, "/cache/cluster/status", access: .operators(.viewer), tag: "Operators",
    "How the stores are arranged, and the instances that share them", answers: [.ok("ClusterStatus")])

  static let invalidateCache = Endpoint(
    "invalidateCache", .post, "/cache/invalidate", access: .operators(.operator), tag: "Operators",
    "Makes cached answers of a tenant stale: all, those under tags, or those whose keys match",
    body: "CacheInvalidation",
    answers: [.ok("CacheInvalidated"), .notFound, .invalid])

  static let databaseState = Endpoint(
    "getDatabaseState", .get, "/database/health", access: .operators(.viewer), tag: "Operators",
    "The database servers", answers: [.ok("DatabaseHealth")])

  static let slowQueries = Endpoint(
    "getSlowQueries", .get, "/database/slow-queries", access: .operators(.viewer), tag: "Operators",
    "The statements that took long on this instance, without any value of a parameter", answers: [.ok("SlowQueries")])

  static let suggestions = Endpoint(
    "getSuggestions", .get, "/database/suggestions", access: .operators(.viewer), tag: "Operators",
    "What would make slow statements faster", answers: [.ok("Suggestions")])
}
