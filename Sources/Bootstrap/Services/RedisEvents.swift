import CoreMetrics
import RedisClient

/// Counts what happens to the connections of the named stores.
enum RedisEvents {
  /// - Parameter store: the first of the stores that share the client.
  static func count(_ store: String, _ event: RedisConnectionEvent) {
    Counter(
      label: "tenantry_redis_connection_events_total", dimensions: [("store", store), ("event", event.kind.name)]
    ).increment()
  }
}
