import Caching
import Kernel

/// What `/metrics/json` answers: a few figures since the start, under the names that debugging tools of such systems read.
struct PlainMetrics: Encodable {
  struct Database: Encodable {
    let queryCount: Int
    let avgLatencyMs: Double
    let errorRatePercent: Double
    let throughputQps: Double

    private enum CodingKeys: String, CodingKey {
      case queryCount = "query_count"
      case avgLatencyMs = "avg_latency_ms"
      case errorRatePercent = "error_rate_percent"
      case throughputQps = "throughput_qps"
    }
  }

  struct Cache: Encodable {
    let hits: Int
    let misses: Int
    let hitRatePercent: Double
    let evictionRatePercent: Double

    private enum CodingKeys: String, CodingKey {
      case hits
      case misses
      case hitRatePercent = "hit_rate_percent"
      case evictionRatePercent = "eviction_rate_percent"
    }
  }

  struct Pool: Encodable {
    let totalConnections: Int
    let activeConnections: Int
    let utilizationPercent: Double

    private enum CodingKeys: String, CodingKey {
      case totalConnections = "total_connections"
      case activeConnections = "active_connections"
      case utilizationPercent = "utilization_percent"
    }
  }

  let database: Database
  let cache: Cache
  let connectionPool: Pool

  private enum CodingKeys: String, CodingKey {
    case database
    case cache
    case connectionPool = "connection_pool"
  }

  init(_ queries: QueryTotals, _ stats: CacheStats, _ health: DatabaseHealth, uptime: Duration) {
    let seconds = max(uptime.inSeconds, 0.001)
    database = Database(
      queryCount: queries.count,
      avgLatencyMs: queries.count == 0 ? 0 : Self.rounded(queries.seconds * 1000 / Double(queries.count)),
      errorRatePercent: Self.rounded(Self.percent(queries.failures, of: queries.count)),
      throughputQps: Self.rounded(Double(queries.count) / seconds))
    cache = Cache(
      hits: stats.hits, misses: stats.misses,
      hitRatePercent: Double(Percent.hundredths(stats.hits, stats.misses)) / 100,
      evictionRatePercent: Self.rounded(Self.percent(stats.evictions, of: stats.keys + stats.evictions)))
    let total = health.servers.reduce(0) { $0 + $1.pool.total }
    let active = health.servers.reduce(0) { $0 + $1.pool.active }
    connectionPool = Pool(
      totalConnections: total, activeConnections: active,
      utilizationPercent: Self.rounded(Self.percent(active, of: total)))
  }

  private static func percent(_ part: Int, of whole: Int) -> Double {
    whole == 0 ? 0 : Double(part) * 100 / Double(whole)
  }

  /// With two decimals.
  private static func rounded(_ value: Double) -> Double { (value * 100).rounded() / 100 }
}

/// What the database has been asked since the start.
package struct QueryTotals: Sendable {
  package var count = 0
  package var failures = 0
  /// Time from asking to the answer, in all.
  package var seconds = 0.0

  package init() {}
}
