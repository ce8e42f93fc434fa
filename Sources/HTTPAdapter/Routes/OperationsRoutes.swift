import Caching
import HTTPTypes
import Hummingbird
import Kernel
import Observability

/// Health, metrics and the description of the API.
struct OperationsRoutes {
  let cache: any CacheServicePort
  let database: @Sendable () -> DatabaseHealth
  let readiness: Readiness
  let metrics: MetricsRegistry
  let stores: @Sendable () async -> [StoreHealth]
  let queries: @Sendable () -> QueryTotals
  let authenticator: Authenticator
  /// How many entries the memory has room for.
  let capacity: Int
  let ticker: any Ticker
  let document: ByteBuffer

  func add(to routes: Routes) {
    let start = ticker.nanoseconds()
    routes.add(.health) { _ in
      let report = CacheReport(await cache.isConnected(), cache.getStats())
      return try JSONAnswer.response(Health(status: status(isConnected: report.connected), cache: report))
    }
    routes.add(.detailedHealth) { call in
      try JSONAnswer.response(
        DetailedHealth(
          status: status(isConnected: await cache.isConnected()), await stores(), cache.getStats(),
          capacity: capacity, database(), isForOperator: await authenticator.isOperator(call.headers)))
    }
    routes.add(.cacheHealth) { _ in
      var report = CacheReport(await cache.isConnected(), cache.getStats())
      report.efficiency = report.isEfficient ? "optimal" : "degraded"
      return try JSONAnswer.response(report)
    }
    routes.add(.databaseHealth) { _ in
      let report = database()
      return try JSONAnswer.response(report, status: report.status == .unhealthy ? .serviceUnavailable : .ok)
    }
    routes.add(.live) { _ in try JSONAnswer.response(["status": "alive"]) }
    routes.add(.status) { _ in try JSONAnswer.response(["status": "ok"]) }
    routes.add(.ready) { _ in
      let phase = readiness.phase
      return try JSONAnswer.response(
        ["status": phase.rawValue], status: phase == .ready ? .ok : .serviceUnavailable)
    }
    routes.add(.plainMetrics) { _ in
      try JSONAnswer.response(
        PlainMetrics(
          queries(), cache.getStats(), database(), uptime: .nanoseconds(Int64(ticker.nanoseconds() - start))))
    }
    routes.add(.metrics) { _ in
      Response(
        status: .ok, headers: [.contentType: "text/plain; version=0.0.4; charset=utf-8", .cacheControl: "no-store"],
        body: ResponseBody(byteBuffer: ByteBuffer(string: metrics.prometheusText())))
    }
    routes.add(.openAPI) { call in
      EntityAnswer.reply(document, call.headers, .revalidate, vary: "Accept-Encoding").response
    }
  }

  private func status(isConnected: Bool) -> String {
    let status = database().status
    return (status == .healthy && !isConnected ? .degraded : status).rawValue
  }

  private struct Health: Encodable {
    let status: String
    let cache: CacheReport
  }

  private struct CacheReport: Encodable {
    let connected: Bool
    let hits: Int
    let misses: Int
    let keys: Int
    let totalRequests: Int
    let hitRate: String
    var efficiency: String?

    init(_ connected: Bool, _ stats: CacheStats) {
      self.connected = connected
      hits = stats.hits
      misses = stats.misses
      keys = stats.keys
      totalRequests = stats.totalRequests
      hitRate = stats.hitRate
    }

    /// Few requests say nothing yet; then seven of ten should be hits.
    var isEfficient: Bool { connected && (totalRequests < 1000 || hits * 10 >= totalRequests * 7) }
  }
}
