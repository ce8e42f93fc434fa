import PostgresClient
import Synchronization
import TestServers
import Testing

@Suite("Faults of the server", .tags(.slow), .timeLimit(.minutes(3)))
struct ServerFaultTests {
  let loop: PostgresEventLoop

  init() throws { loop = try PostgresEventLoop(logger: .quiet) }

  @Test("Backends terminated every 200 ms: what was acknowledged is stored once, what was not may be asked for again")
  func terminated() async throws {
    let server = try PostgresServer()
    let pool = PostgresPool(url: try PostgresURL(server.url), settings: .patient, loop: loop)
    try await pool.script("CREATE TABLE t (id bigint PRIMARY KEY)")
    let killer = Task {
      while !Task.isCancelled {
        try server.psql(
          "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
        )
        try await Task.sleep(for: .milliseconds(200))
      }
    }
    let acknowledged = try await withThrowingTaskGroup(of: Int.self) { group in
      for worker in 0..<10 {
        group.addTask {
          var acknowledged = 0
          for step in 0..<100 {
            let id = PostgresValue.int(worker * 1000 + step)
            var isStored = false
            for attempt in 0..<100 where !isStored {
              do {
                _ = try await pool.oneRoundTrip([
                  PostgresQuery("INSERT INTO t VALUES ($1)", [id]), PostgresQuery("SELECT pg_sleep(0.005)"),
                ])
                isStored = true
              } catch let error as PostgresError {
                // Unknown means ask: the primary key says whether it was stored.
                if error.sqlState == .uniqueViolation {
                  #expect(attempt > 0)
                  isStored = true
                } else {
                  #expect([.commitUnknown, .connectFailed, .notSent, .server].contains(error.code), "\(error)")
                }
              }
            }
            if isStored { acknowledged += 1 }
          }
          return acknowledged
        }
      }
      return try await group.reduce(0, +)
    }
    killer.cancel()
    _ = await killer.result
    try await eventually("the pool works again") {
      do {
        return try await pool.query("SELECT count(*) FROM t").first?.decode(0, as: Int.self) == 1000
      } catch is PostgresError { return false }
    }
    #expect(acknowledged == 1000)
  }

  @Test("A transaction whose connection is lost before COMMIT runs again as a whole")
  func lostBeforeCommit() async throws {
    let server = try PostgresServer()
    let pool = PostgresPool(url: try PostgresURL(server.url), settings: .patient, loop: loop)
    try await pool.script("CREATE TABLE t (id bigint)")
    let runs = Mutex(0)
    try await pool.transaction { transaction in
      _ = try await transaction.query("INSERT INTO t VALUES (1)")
      if runs.withLock({
        $0 += 1; return $0
      }) == 1 {
        let pid = try await transaction.query("SELECT pg_backend_pid()").first?.decode(0, as: Int.self)
        try server.psql("SELECT pg_terminate_backend(\(pid ?? 0), 5000)")
      }
      _ = try await transaction.query("INSERT INTO t VALUES (2)")
    }
    #expect(runs.withLock { $0 } == 2)
    #expect(try await pool.query("SELECT count(*) FROM t").first?.decode(0, as: Int.self) == 2)
  }

  @Test("A pool that is used up says so within the acquisition deadline, and works again")
  func exhausted() async throws {
    let server = try PostgresServer()
    var settings = PostgresPoolSettings.patient
    settings.minimum = 3
    settings.maximum = 3
    settings.acquisitionDeadline = .milliseconds(200)
    let pool = PostgresPool(url: try PostgresURL(server.url), settings: settings, loop: loop)
    try await eventually("all are open") { pool.statistics.idle == 3 }
    let sleepers = (0..<3).map { _ in Task { try await pool.query("SELECT pg_sleep(60)") } }
    try await eventually("all are busy") { pool.statistics.active == 3 }
    let error = await #expect(throws: PostgresError.self) { try await pool.query("SELECT 1") }
    #expect(error?.code == .poolExhausted)
    #expect(pool.statistics.utilisation == 1)
    for sleeper in sleepers { sleeper.cancel() }
    try await eventually("it works again") {
      do { return try await pool.query("SELECT 1").count == 1 } catch { return false }
    }
  }

  @Test("A statement past its deadline is stopped, and its connection goes on")
  func deadline() async throws {
    let server = try PostgresServer()
    var settings = PostgresPoolSettings.patient
    settings.statementDeadline = .milliseconds(200)
    settings.minimum = 1
    settings.maximum = 1
    let pool = PostgresPool(url: try PostgresURL(server.url), settings: settings, loop: loop)
    let process = try await pool.query("SELECT pg_backend_pid()").first?.decode(0, as: Int.self)
    let error = await #expect(throws: PostgresError.self) { try await pool.query("SELECT pg_sleep(60)") }
    #expect(error?.code == .timedOut)
    #expect(try await pool.query("SELECT pg_backend_pid()").first?.decode(0, as: Int.self) == process)
    #expect(
      try server.psql(
        "SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%pg_sleep(60)%' AND state = 'active' AND pid <> pg_backend_pid()"
      ) == "0")
  }

  @Test("A frozen server is found out by deadlines, and used again when it goes on")
  func frozen() async throws {
    let server = try PostgresServer()
    var settings = PostgresPoolSettings.patient
    settings.statementDeadline = .milliseconds(300)
    settings.connectTimeout = .milliseconds(500)
    settings.acquisitionDeadline = .seconds(1)
    settings.connectRetryDelay = .milliseconds(100)
    let node = PostgresNode(url: try PostgresURL(server.url), settings: settings, loop: loop)
    _ = try await node.read(PostgresQuery("SELECT 1"))
    try server.freeze()
    await withTaskGroup(of: Void.self) { group in
      for number in 0..<20 {
        group.addTask {
          let error = await #expect(throws: PostgresError.self) {
            number % 2 == 0 ? try await node.read(PostgresQuery("SELECT 1")) : try await node.query("SELECT 1")
          }
          #expect([.timedOut, .poolExhausted, .connectFailed].contains(error?.code), "\(String(describing: error))")
        }
      }
    }
    try server.thaw()
    try await eventually("it works again") {
      do {
        return try await node.read(PostgresQuery("SELECT 1")).count + node.query("SELECT 1").count == 2
      } catch { return false }
    }
  }

  @Test("While a frozen server holds as many cancel requests as may run, another server is found by its name")
  func lookUpsBesideCancelRequests() async throws {
    let (server, other) = (try PostgresServer(), try PostgresServer())
    var settings = PostgresPoolSettings.patient
    settings.statementDeadline = .milliseconds(200)
    settings.minimum = 40
    settings.maximum = 40
    let pool = PostgresPool(url: try PostgresURL(server.url), settings: settings, loop: loop)
    try await eventually("all are open") { pool.statistics.idle == 40 }
    try server.freeze()
    await withTaskGroup(of: Void.self) { group in
      for _ in 0..<40 {
        group.addTask {
          let error = await #expect(throws: PostgresError.self) { try await pool.query("SELECT 1") }
          #expect(error?.code == .timedOut, "\(String(describing: error))")
        }
      }
    }
    let url = PostgresURL(host: "localhost", port: other.port, database: "postgres", user: "postgres")
    let named = PostgresPool(url: url, settings: .patient, loop: loop)
    #expect(try await named.query("SELECT 1").count == 1)
    try server.thaw()
  }

  @Test("A server that is killed and started again is found again")
  func restarted() async throws {
    let server = try PostgresServer()
    var settings = PostgresPoolSettings.patient
    settings.connectRetryDelay = .milliseconds(50)
    let node = PostgresNode(url: try PostgresURL(server.url), settings: settings, loop: loop)
    _ = try await node.read(PostgresQuery("SELECT 1"))
    server.kill()
    let error = await #expect(throws: PostgresError.self) { try await node.query("SELECT 1") }
    #expect([.connectFailed, .maybeExecuted].contains(error?.code), "\(String(describing: error))")
    try server.restart()
    try await eventually("it works again") {
      do { return try await node.query("SELECT 1").count + node.read(PostgresQuery("SELECT 1")).count == 2 } catch {
        return false
      }
    }
    try await eventually("reads are shared again") { node.laneStatistics?.connections == 2 }
  }

  @Test("A storm of conflicts: every increment of serializable transactions counts once")
  func serialization() async throws {
    let server = try PostgresServer()
    let pool = PostgresPool(url: try PostgresURL(server.url), settings: .patient, loop: loop)
    try await pool.script("CREATE TABLE t (id bigint PRIMARY KEY, n bigint); INSERT INTO t VALUES (1, 0)")
    let done = try await withThrowingTaskGroup(of: Int.self) { group in
      for _ in 0..<10 {
        group.addTask {
          var done = 0
          for _ in 0..<10 {
            do {
              try await pool.transaction(options: .init(isolation: .serializable, retries: 10)) { transaction in
                let n = try await transaction.query("SELECT n FROM t WHERE id = 1").first?.decode(0, as: Int.self) ?? 0
                _ = try await transaction.query("UPDATE t SET n = $1 WHERE id = 1", [.int(n + 1)])
              }
              done += 1
            } catch let error as PostgresError where error.isSerializationFailure {
            } catch let error as PostgresTransactionError where !error.isOutcomeUnknown {
            }
          }
          return done
        }
      }
      return try await group.reduce(0, +)
    }
    #expect(done > 0)
    #expect(try await pool.query("SELECT n FROM t").first?.decode(0, as: Int.self) == done)
  }
}
