import HTTPAdapter
import Observability

/// What is known of the database servers as metrics, read when they are scraped. The labels are those of the settings:
/// the region, and the number of the server within it.
enum DatabaseMetrics {
  static func export(_ health: @escaping @Sendable () -> DatabaseHealth, to registry: MetricsRegistry) {
    func export(
      _ name: String, _ help: String, _ read: @escaping @Sendable (DatabaseHealth.Server) -> Double
    ) {
      registry.onCollect("tenantry_database_" + name, help: help, kind: .gauge) {
        numbered(health()).map { server, number in
          (labels: [("region", server.region), ("server", number)], value: read(server))
        }
      }
    }
    export("up", "1 while the server is fit for calls.") { $0.healthy ? 1 : 0 }
    export("primary", "1 for the server that writes go to.") { $0.type == "primary" ? 1 : 0 }
    export("response_seconds", "How long the server takes to answer a health check, smoothed.") {
      $0.responseTimeMs / 1000
    }
    export("lag_seconds", "How far the replica is behind the primary.") { $0.lagSeconds }
    export("pool_connections", "Connections open or being opened.") { Double($0.pool.total) }
    export("pool_active", "Connections at work.") { Double($0.pool.active) }
    export("pool_idle", "Connections that are free.") { Double($0.pool.idle) }
    export("pool_waiting", "Callers that wait for a connection.") { Double($0.pool.waiting) }
  }

  private static func numbered(_ health: DatabaseHealth) -> [(server: DatabaseHealth.Server, number: String)] {
    var counts: [String: Int] = [:]
    return health.servers.map { server in
      counts[server.region, default: 0] += 1
      return (server, "\(counts[server.region, default: 0])")
    }
  }
}
