import HTTPAdapter
import Kernel
package import Logging
import RedisAdapter

/// What `tenantry health` does: looks at everything a server with these settings would need.
package struct HealthCommand: Sendable {
  /// What was found.
  package struct Report: Encodable, Sendable {
    /// `healthy`, `degraded` when a server would work with less, or `unhealthy`.
    package let status: String
    package let checkedAt: String
    package let checks: [String: Check]

    /// A line for each check.
    package var lines: [String] {
      checks.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value.status) (\($0.value.detail))" }
    }
  }

  /// One of the things looked at.
  package struct Check: Encodable, Sendable {
    package let status: String
    /// For people, and with the mend where something is wrong. No addresses, no secrets.
    package let detail: String
    /// Milliseconds of the slowest server; nil where nothing was asked.
    package var responseTimeMs: Double?
  }

  private let settings: Settings
  private let logger: Logger

  /// How long each thing may take to answer.
  private static let patience = Duration.seconds(6)
  private static let pause = Duration.milliseconds(50)

  /// - Parameter settings: those of the real preset.
  package init(settings: Settings, logger: Logger) {
    self.settings = settings
    self.logger = logger
  }

  /// Looks at database, schema, Redis and cache.
  package func run() async throws -> Report {
    async let redisCheck = redis()
    let data = try await database()
    var migrations = Check(status: "unknown", detail: "the database is out of reach")
    if data.status != "unhealthy" { migrations = await schema() }
    let store = await redisCheck
    let checks = [
      "database": data, "redis": store,
      "schema": migrations,
      "cache": store.status == "degraded"
        ? Check(status: "degraded", detail: "in memory alone; other instances do not hear of changes through Redis")
        : Check(status: "healthy", detail: settings.redis == nil ? "in memory" : "in memory and in Redis"),
    ]
    let found = checks.values.map(\.status)
    let status = ["unhealthy", "degraded"].first(where: found.contains) ?? "healthy"
    return Report(status: status, checkedAt: SystemClock().now().description, checks: checks)
  }

  private func database() async throws -> Check {
    let databases = try Databases(settings, logger: logger)
    defer { databases.shutDown() }
    let watch = Task { await databases.watch() }
    defer { watch.cancel() }
    // Until every server was looked at, and was well if it can be.
    await wait { databases.report.servers.allSatisfy(\.healthy) }
    let report = databases.report
    let well = report.servers.count(where: \.healthy)
    let detail =
      "\(well) of \(report.servers.count) servers well, "
      + (report.status == .unhealthy
        ? "none takes writes: check DATABASE_URL and the server" : "writes in \(report.currentRegion)")
    return Check(
      status: report.status.rawValue, detail: detail, responseTimeMs: report.servers.map(\.responseTimeMs).max())
  }

  private func schema() async -> Check {
    do {
      let pending = try await SchemaCommand(settings: settings, logger: logger).status().filter {
        $0.state != "applied"
      }
      return pending.isEmpty
        ? Check(status: "healthy", detail: "every migration is applied")
        : Check(
          status: "unhealthy", detail: "\(pending.count) migrations are not as they should be: run tenantry migrate up")
    } catch {
      return Check(status: "unknown", detail: CommandFailure.message(of: error))
    }
  }

  private func redis() async -> Check {
    guard let settings = settings.redis else { return Check(status: "healthy", detail: "not set") }
    let stores = RedisStores(settings, logger: logger)
    defer { stores.shutdown() }
    let start = ContinuousClock.now
    for (name, store) in [("cache", stores.cache), ("session", stores.session), ("realtime", stores.realtime)] {
      guard await wait({ await store.isConnected() }) else {
        return Check(status: "degraded", detail: "the store \(name) does not answer: check REDIS_URL and the server")
      }
    }
    return Check(
      status: "healthy", detail: "every store answers",
      responseTimeMs: start.duration(to: .now).inSeconds * 1000)
  }

  /// Whether a condition holds before patience ends.
  @discardableResult
  private func wait(_ condition: () async -> Bool) async -> Bool {
    let deadline = ContinuousClock.now + Self.patience
    while ContinuousClock.now < deadline {
      if await condition() { return true }
      // Cancelled: the deadline, or the next look, ends it.
      try? await Task.sleep(for: Self.pause)
    }
    return false
  }
}
