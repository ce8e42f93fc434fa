import PostgresClient
import TestServers
import Testing

@Suite("TLS", .timeLimit(.minutes(3)))
struct TLSTests {
  let server: PostgresServer
  let loop: PostgresEventLoop

  init() throws {
    server = try PostgresServer(options: ["ssl": "on"])
    loop = try PostgresEventLoop(logger: .quiet)
  }

  @Test(
    "A host name is looked up and checked against the certificate; big answers arrive whole, on both kinds of connection"
  )
  func verified() async throws {
    let url = PostgresURL(
      host: "localhost", port: server.port, database: "postgres", user: "postgres",
      options: ["sslmode": "verify-full", "sslrootcert": server.certificate])
    let node = PostgresNode(url: url, settings: .patient, loop: loop)
    let isEncrypted = PostgresQuery("SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()")
    try await eventually("the shared connections are open") { node.laneStatistics?.connections == 2 }
    #expect(try await node.pool.query(isEncrypted).first?.decode(0, as: Bool.self) == true)
    #expect(try await node.read(isEncrypted).first?.decode(0, as: Bool.self) == true)
    try await withThrowingTaskGroup(of: Int.self) { group in
      for number in 0..<40 {
        group.addTask {
          let big = PostgresQuery("SELECT repeat('x', $1)", [.int32(Int32(16_000 + number * 7_001))])
          let rows = number % 2 == 0 ? try await node.read(big) : try await node.pool.query(big)
          return try (rows.first?.decode(0, as: String.self).utf8.count ?? 0) - number * 7_001
        }
      }
      for try await length in group { #expect(length == 16_000) }
    }
  }

  @Test("A certificate that does not fit is refused")
  func refused() async throws {
    var settings = PostgresPoolSettings.patient
    settings.connectAttempts = 1
    let url = PostgresURL(
      host: "127.0.0.1", port: server.port, database: "postgres", user: "postgres",
      options: ["sslmode": "verify-full", "sslrootcert": server.certificate])
    let error = await #expect(throws: PostgresError.self) {
      try await PostgresPool(url: url, settings: settings, loop: loop).query("SELECT 1")
    }
    #expect(error?.code == .connectFailed)
  }

  @Test("A running statement is cancelled over TLS too")
  func cancelled() async throws {
    var settings = PostgresPoolSettings.patient
    settings.minimum = 1
    settings.maximum = 1
    let pool = PostgresPool(url: try PostgresURL(server.url + "?sslmode=require"), settings: settings, loop: loop)
    let process = try await pool.query("SELECT pg_backend_pid()").first?.decode(0, as: Int.self)
    let task = Task { try await pool.query("SELECT pg_sleep(60)") }
    try await eventually("it runs") { pool.statistics.active == 1 }
    task.cancel()
    await #expect(throws: CancellationError.self) { try await task.value }
    #expect(try await pool.query("SELECT pg_backend_pid()").first?.decode(0, as: Int.self) == process)
  }
}
