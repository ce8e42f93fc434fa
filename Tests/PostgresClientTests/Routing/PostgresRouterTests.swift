import PostgresClient
import TestServers
import Testing

@Suite("A router with real servers", .tags(.slow), .timeLimit(.minutes(3)))
struct PostgresRouterTests {
  let loop: PostgresEventLoop
  let primary: PostgresServer
  let replica: PostgresServer
  let router: PostgresRouter

  init() throws {
    loop = try PostgresEventLoop(logger: .quiet)
    primary = try PostgresServer()
    try primary.psql("CREATE TABLE t (id bigint)")
    replica = try primary.makeReplica()
    router = Self.makeRouter([primary, replica], loop)
  }

  private static func makeRouter(_ servers: [PostgresServer], _ loop: PostgresEventLoop) -> PostgresRouter {
    var settings = PostgresRouterSettings()
    settings.healthInterval = .milliseconds(200)
    settings.healthDeadline = .seconds(5)
    settings.pool = .patient
    settings.lagThreshold = .seconds(1)
    return PostgresRouter(
      servers: servers.map {
        PostgresServerAddress(PostgresURL(host: "127.0.0.1", port: $0.port, database: "postgres", user: "postgres"))
      },
      settings: settings, loop: loop, logger: .quiet)
  }

  /// Whether a read is answered by the replica.
  private func readsFromReplica(_ source: PostgresReadOptions.Source = .any) async throws -> Bool {
    let rows = try await router.read(
      PostgresQuery("SELECT pg_is_in_recovery()"), setup: [], options: PostgresReadOptions(source: source))
    return try rows.first?.decode(0) ?? false
  }

  private func insert(_ id: Int) async throws {
    _ = try await router.oneRoundTrip([PostgresQuery("INSERT INTO t VALUES ($1)", [.int(id)])])
  }

  private func watched(_ other: PostgresRouter? = nil, _ body: () async throws -> Void) async throws {
    let watched = other ?? router
    let watch = Task { await watched.run() }
    defer { watch.cancel() }
    try await body()
  }

  @Test("Writes reach the primary, reads the replica, and a read after a write sees it")
  func ownWrites() async throws {
    try await watched {
      try await eventually("the replica is seen") { try await readsFromReplica() }
      #expect(try await !readsFromReplica(.primary))
      for number in 0..<20 {
        try await insert(number)
        let position = try await router.writePosition()
        let rows = try await router.read(
          PostgresQuery("SELECT count(*) FROM t"), setup: [],
          options: PostgresReadOptions(source: .replayed(position)))
        #expect(try rows.first?.decode(0, as: Int.self) == number + 1)
      }
    }
  }

  @Test("A replica that does not replay loses its reads, and gets them back")
  func paused() async throws {
    try await watched {
      try await eventually("the replica is seen") { try await readsFromReplica() }
      try replica.psql("SELECT pg_wal_replay_pause()")
      try await insert(1)
      let position = try await router.writePosition()
      #expect(try await !readsFromReplica(.replayed(position)))
      try await eventually("the replica is left") { try await !readsFromReplica() }
      #expect(router.status[1].lag > .seconds(1))
      try replica.psql("SELECT pg_wal_replay_resume()")
      try await eventually("the replica is used again") { try await readsFromReplica(.replayed(position)) }
    }
  }

  @Test("After a promotion writes move, and the old primary gets none when it returns")
  func promotion() async throws {
    try await watched {
      try await insert(1)
      try await eventually("the replica has it") { try replica.psql("SELECT count(*) FROM t") == "1" }
      primary.kill()
      try replica.promote()
      try await eventually("writes are back") {
        do {
          try await insert(2)
          return true
        } catch { return false }
      }
      #expect(router.timeline == 2)
      try primary.restart()
      try await eventually("the old primary is seen") { router.status[0].role == .deposed }
      for number in 3..<20 {
        try await insert(number)
        _ = try await readsFromReplica()
      }
      #expect(try primary.psql("SELECT count(*) FROM t") == "1")
      #expect(try replica.psql("SELECT count(*) FROM t") == "19")
    }
  }

  @Test("After a promotion a replica that follows is read, and an old primary made a replica as it was is not")
  func histories() async throws {
    let other = try primary.makeReplica()
    let router = Self.makeRouter([primary, replica, other], loop)
    try await watched(router) {
      try other.psql(
        "ALTER SYSTEM SET primary_conninfo = 'host=127.0.0.1 port=\(replica.port) user=postgres'",
        "SELECT pg_reload_conf()")
      // What the primary writes from now on is lost with it.
      try replica.psql("ALTER SYSTEM SET primary_conninfo = ''", "SELECT pg_reload_conf()")
      try await eventually("nobody follows the primary") {
        try primary.psql("SELECT count(*) FROM pg_stat_replication") == "0"
      }
      try primary.psql("INSERT INTO t SELECT generate_series(1, 1000)")
      primary.kill()
      try replica.promote()
      try PostgresProgram.runAsServer(["/bin/touch", primary.socketFolder + "/data/standby.signal"])
      try primary.restart()
      try await eventually("the old primary is seen as a replica") {
        router.status[0].role == .replica && router.status[0].isHealthy && router.timeline == 2
      }
      try await eventually("the other replica is read") {
        try await router.read(PostgresQuery("SELECT pg_is_in_recovery()")).first?.decode(0, as: Bool.self) == true
      }
      for _ in 0..<50 { #expect(try await router.read(PostgresQuery("SELECT FROM t")).isEmpty) }
    }
  }

  @Test("A server that has the function tells its CPU load; the others are not asked")
  func cpu() async throws {
    try await watched {
      try await eventually("it is looked at") { router.status.allSatisfy(\.isHealthy) }
      #expect(router.status.allSatisfy { $0.cpuPercent == nil })
      // As docs/database/routing.md has it.
      try primary.psql(
        """
        CREATE FUNCTION tenantry_cpu_percent() RETURNS double precision LANGUAGE sql SECURITY DEFINER
          SET search_path = pg_catalog AS $$
          SELECT least(100, 100 * split_part(pg_read_file('/proc/loadavg'), ' ', 1)::float8
            / (SELECT count(*) FROM regexp_matches(pg_read_file('/proc/cpuinfo'), '^processor', 'gn'))) $$;
        GRANT EXECUTE ON FUNCTION tenantry_cpu_percent() TO PUBLIC;
        """)
      try await eventually("both tell") { router.status.allSatisfy { $0.cpuPercent != nil } }
      #expect(router.status.allSatisfy { (0...100).contains($0.cpuPercent ?? -1) && $0.isHealthy })
    }
  }

  @Test("Reads go on while the primary is down")
  func primaryDown() async throws {
    try await watched {
      try await eventually("the replica is seen") { try await readsFromReplica() }
      primary.kill()
      for _ in 0..<50 { #expect(try await readsFromReplica()) }
      await #expect(throws: (any Error).self) { try await insert(1) }
    }
  }

  @Test("A primary set to read only is reported as such, and writes go on when it is set back")
  func readOnly() async throws {
    try await watched {
      try await insert(1)
      try primary.psql("ALTER SYSTEM SET default_transaction_read_only = on")
      try primary.psql("SELECT pg_reload_conf()")
      try await eventually("it is seen") { !router.status[0].isWritable }
      let error = await #expect(throws: PostgresError.self) { try await insert(2) }
      #expect(error?.code == .unavailable)
      #expect(try await readsFromReplica())
      try primary.psql(
        "SET default_transaction_read_only = off", "ALTER SYSTEM RESET default_transaction_read_only",
        "SELECT pg_reload_conf()")
      try await eventually("it is seen") { router.status[0].isWritable }
      try await insert(3)
    }
  }
}
