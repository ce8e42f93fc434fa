import Kernel

/// How the database servers are: what `/health/database` answers.
package struct DatabaseHealth: Encodable, Sendable {
  package enum Status: String, Encodable, Sendable {
    /// Every server is fit.
    case healthy
    /// Writes go on; some server is not fit.
    case degraded
    /// No server takes writes.
    case unhealthy
  }

  /// One server, as it was at the last look.
  package struct Server: Encodable, Sendable {
    /// Connections, of the pools for reads and writes together.
    package struct Pool: Encodable, Sendable {
      package let total: Int
      package let active: Int
      package let idle: Int
      package let waiting: Int

      package init(total: Int, active: Int, idle: Int, waiting: Int) {
        self.total = total
        self.active = active
        self.idle = idle
        self.waiting = waiting
      }
    }

    package let region: String
    /// `primary` or `replica`.
    package let type: String
    package let healthy: Bool
    /// RFC 3339; nil before the first look.
    @ExplicitNull var lastCheck: String?
    package let responseTimeMs: Double
    package let lagSeconds: Double
    package let pool: Pool

    package init(
      region: String, type: String, healthy: Bool, lastCheck: String?, responseTimeMs: Double, lagSeconds: Double,
      pool: Pool
    ) {
      self.region = region
      self.type = type
      self.healthy = healthy
      self.lastCheck = lastCheck
      self.responseTimeMs = responseTimeMs
      self.lagSeconds = lagSeconds
      self.pool = pool
    }
  }

  package let status: Status
  package let currentRegion: String
  package let servers: [Server]

  package init(status: Status, currentRegion: String, servers: [Server]) {
    self.status = status
    self.currentRegion = currentRegion
    self.servers = servers
  }

  /// What the in-memory preset has: no server, and nothing that could fail.
  package static let inMemory = DatabaseHealth(status: .healthy, currentRegion: "memory", servers: [])
}
