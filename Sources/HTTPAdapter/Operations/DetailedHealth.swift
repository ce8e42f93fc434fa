import Caching
import Kernel

/// What `/health/detailed` answers. The names under `checks.redis` and `checks.cache` are those that dashboards of such
/// systems read; what could name a host is for operators alone.
struct DetailedHealth: Encodable {
  struct Checks: Encodable {
    let redis: Redis
    let cache: Cache
    let database: Database
  }

  struct Redis: Encodable {
    /// `healthy`, `unhealthy`, or `disabled` where there is none.
    let status: String
    @ExplicitNull var responseTime: String?
    @ExplicitNull var memoryUsed: String?
    let connectionStatus: String
    let reconnectAttempts: Int
    @ExplicitNull var lastError: String?
    @ExplicitNull var lastErrorTime: String?
    /// For operators.
    let stores: [StoreHealth]?
  }

  struct Cache: Encodable {
    struct Memory: Encodable {
      let entries: Int
      let capacity: Int
      let utilizationPercent: String
    }

    struct Shared: Encodable {
      let enabled: Bool
      let status: String
      let hits: Int
      let misses: Int
      let errors: Int
      let reconnects: Int
      let hitRate: String
    }

    let memory: Memory
    let redis: Shared
  }

  struct Database: Encodable {
    let status: String
    /// For operators.
    let currentRegion: String?
    let servers: [DatabaseHealth.Server]?
  }

  let status: String
  let checks: Checks

  /// - Parameter isForOperator: whether hosts and errors are shown.
  init(
    status: String, _ stores: [StoreHealth], _ stats: CacheStats, capacity: Int, _ database: DatabaseHealth,
    isForOperator: Bool
  ) {
    self.status = status
    let store = stores.first { $0.name.contains("cache") }
    let shared = stats.shared
    let utilization = capacity == 0 ? 0 : stats.keys * 10_000 / capacity
    checks = Checks(
      redis: Redis(
        status: store.map { $0.healthy ? "healthy" : "unhealthy" } ?? "disabled",
        responseTime: store?.responseTimeMs.map { "\(Int($0.rounded(.up)))ms" }, memoryUsed: store?.load?.memoryUsed,
        connectionStatus: store?.connectionStatus ?? "disabled", reconnectAttempts: store?.reconnectAttempts ?? 0,
        lastError: isForOperator ? store?.lastError : nil,
        lastErrorTime: isForOperator ? store?.lastErrorTime : nil, stores: isForOperator ? stores : nil),
      cache: Cache(
        memory: Cache.Memory(
          entries: stats.keys, capacity: capacity, utilizationPercent: Percent.text(utilization)),
        redis: Cache.Shared(
          enabled: shared != nil, status: store?.connectionStatus ?? "disabled", hits: shared?.hits ?? 0,
          misses: shared?.misses ?? 0, errors: shared?.failures ?? 0, reconnects: store?.reconnectAttempts ?? 0,
          hitRate: Percent.text(Percent.hundredths(shared?.hits ?? 0, shared?.misses ?? 0)) + "%")),
      database: Database(
        status: database.status.rawValue, currentRegion: isForOperator ? database.currentRegion : nil,
        servers: isForOperator ? database.servers : nil))
  }
}

/// Percentages with two decimals, kept as hundredths.
enum Percent {
  /// Of `part` in `part` and `rest`.
  static func hundredths(_ part: Int, _ rest: Int) -> Int {
    part + rest == 0 ? 0 : (part * 10_000 + (part + rest) / 2) / (part + rest)
  }

  /// For example `92.85`.
  static func text(_ hundredths: Int) -> String {
    let fraction = hundredths % 100
    return "\(hundredths / 100).\(fraction < 10 ? "0" : "")\(fraction)"
  }
}
