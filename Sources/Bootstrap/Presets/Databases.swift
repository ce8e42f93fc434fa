import HTTPAdapter
import Kernel
import Logging
import PostgresAdapter
import PostgresClient
import ServiceLifecycle

/// The connections of one process to its database servers.
struct Databases: Sendable {
  /// What relay, sweeper and migrations may use at the same time.
  private static let adminConnections = 4

  let tenants: TenantDatabase
  let platform: PlatformDatabase
  /// Where changes hand in what became of their word.
  let desk: OutboxDesk
  /// What this process calls itself among the others.
  let instance = String(UInt64.random(in: .min ... .max), radix: 36)
  /// As the owner of the schema.
  let admin: PostgresRouter
  private let application: PostgresRouter
  private let metered: MeteredDatabase
  private let loop: PostgresEventLoop
  private let settings: Settings.Database
  private let log: PostgresQueryLog

  /// Begins to connect. Throws when there are no settings for it or no thread to be had.
  init(_ settings: Settings, logger: Logger) throws {
    guard let database = settings.database else {
      throw SettingError("ADAPTERS_PRESET", got: settings.preset.rawValue, takes: "real for this command")
    }
    self.settings = database
    loop = try PostgresEventLoop(logger: logger)
    let log = PostgresQueryLog(settings: database.queryLog, logger: logger)
    self.log = log
    application = PostgresRouter(
      servers: database.servers, settings: database.router, loop: loop, log: log, logger: logger)
    var router = database.router
    router.pool.maximum = Self.adminConnections
    router.pool.minimum = 0
    router.lane.connections = 0
    admin = PostgresRouter(servers: database.owners, settings: router, loop: loop, log: log, logger: logger)
    desk = OutboxDesk(
      platform: PlatformDatabase(admin, retries: database.retries, logger: logger), instance: instance, logger: logger)
    metered = MeteredDatabase(application)
    tenants = TenantDatabase(metered, desk: desk, retries: database.retries, logger: logger)
    platform = PlatformDatabase(admin, desk: desk, retries: database.retries, logger: logger)
  }

  /// A connection to the primary, whichever that is, that hears what is sent on a channel.
  func listener(on channel: String) -> PostgresListener {
    PostgresListener(server: { [admin] in admin.primary }, channels: [channel], loop: loop)
  }

  /// How far the primary's log reaches; what was committed before lies before it.
  func writePosition() async throws -> UInt64 { try await application.writePosition().value }

  /// The timeline that the primary writes; another one than before means that a replica was promoted.
  var timeline: UInt32? { application.timeline }

  /// Whether there are servers that loads could be read from instead of the primary.
  var hasReplicas: Bool { settings.servers.count > 1 }

  /// Watches the servers until the task is cancelled.
  func watch() async {
    await withTaskGroup(of: Void.self) { group in
      group.addTask { await application.run() }
      group.addTask { await admin.run() }
    }
  }

  /// Looks for a primary that answers, as often as connecting is tried; what comes after it tells if there was none.
  func reach() async throws {
    let first = settings.router.pool.connectRetryDelay
    var pause = first
    for _ in 0..<settings.retries {
      // The reason is told by what is asked next.
      if (try? await admin.writePosition()) != nil { return }
      try await Task.sleep(for: pause)
      // As the pools do: doubled twice.
      pause = min(pause * 2, first * 4)
    }
  }

  func shutDown() {
    application.shutDown()
    admin.shutDown()
    loop.stop()
  }

  /// What requests have asked of the servers.
  var queries: QueryTotals { metered.totals }

  /// What the log of statements says.
  var insight: DatabaseInsight { DatabaseInsight(log) }

  /// How the servers are, for `/health/database`.
  var report: DatabaseHealth {
    let statuses = application.status
    let statistics = application.statistics
    let servers = zip(statuses, statistics).map { status, statistics in
      let pools = [statistics.reads, statistics.writes].compactMap(\.self)
      return DatabaseHealth.Server(
        region: settings.regions[status.region], type: status.role == .primary ? "primary" : "replica",
        healthy: status.isHealthy && !status.isBreakerOpen && status.role != .deposed,
        lastCheck: status.sinceCheck.map { SystemClock().now().advanced(by: .zero - $0).description },
        responseTimeMs: status.latency.inSeconds * 1000,
        lagSeconds: status.lag.inSeconds,
        pool: .init(
          total: pools.reduce(0) { $0 + $1.total }, active: pools.reduce(0) { $0 + $1.active },
          idle: pools.reduce(0) { $0 + $1.idle }, waiting: pools.reduce(0) { $0 + $1.waiting }))
    }
    let primary = zip(statuses, servers).first { $0.role == .primary && $1.healthy && $0.isWritable }
    let isWhole = servers.allSatisfy(\.healthy)
    return DatabaseHealth(
      status: primary == nil ? .unhealthy : isWhole ? .healthy : .degraded,
      currentRegion: primary?.1.region ?? settings.regions[0], servers: servers)
  }
}

/// Watches the database servers while the process lives.
struct DatabaseWatch: Service {
  let databases: Databases

  func run() async throws { await cancelWhenGracefulShutdown { await databases.watch() } }
}
