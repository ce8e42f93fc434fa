import Logging
import PostgresClient
import TestServers
import Testing

@Suite("Reads on shared connections", .timeLimit(.minutes(3)))
struct PostgresLaneTests {
  let server: PostgresServer
  let loop: PostgresEventLoop
  let node: PostgresNode

  init() async throws {
    server = try PostgresServer()
    loop = try PostgresEventLoop(logger: .quiet)
    node = PostgresNode(url: try PostgresURL(server.url), settings: .patient, loop: loop)
    try await eventually("the shared connections are open") { node.laneStatistics?.connections == 2 }
  }

  private func number(_ value: Int) async throws -> Int? {
    try await node.read(PostgresQuery("SELECT $1", [.int(value)])).first?.decode(0)
  }

  @Test("Callers in a crowd each get the answer to their own question")
  func crowd() async throws {
    try await withThrowingTaskGroup(of: Bool.self) { group in
      for value in 0..<2000 { group.addTask { try await number(value) == value } }
      for try await isRight in group { #expect(isRight) }
    }
  }

  @Test("One caller alone does not wait until the socket's cork gives way by itself, after 200 ms")
  func alone() async throws {
    let start = ContinuousClock.now
    for value in 0..<50 { #expect(try await number(value) == value) }
    #expect(ContinuousClock.now - start < .milliseconds(50 * 100))
  }

  @Test("A setting made for one read is not there in another's")
  func settings() async throws {
    try await withThrowingTaskGroup(of: Bool.self) { group in
      for tenant in 0..<500 {
        group.addTask {
          let rows = try await node.read(
            PostgresQuery("SELECT current_setting('app.tenant_id', true)"),
            setup: tenant % 2 == 0
              ? [PostgresQuery("SELECT set_config('app.tenant_id', $1, true)", [.text("\(tenant)")])] : [])
          let seen = try rows.first?.decodeIfPresent(0, as: String.self) ?? ""
          return seen == (tenant % 2 == 0 ? "\(tenant)" : "")
        }
      }
      for try await isRight in group { #expect(isRight) }
    }
  }

  @Test("A statement that fails fails alone")
  func failure() async throws {
    try await withThrowingTaskGroup(of: Bool.self) { group in
      for value in 0..<400 {
        group.addTask {
          if value % 3 == 0 {
            let error = await #expect(throws: PostgresError.self) {
              try await node.read(PostgresQuery("SELECT 1 / ($1 - $1)", [.int(value)]))
            }
            return error?.sqlState == "22012"
          }
          return try await number(value) == value
        }
      }
      for try await isRight in group { #expect(isRight) }
    }
  }

  @Test("What writes is refused")
  func writes() async throws {
    try await node.pool.script("CREATE TABLE t (id bigint)")
    for lane in [PostgresReadOptions.Lane.pipelined, .pool] {
      let error = await #expect(throws: PostgresError.self) {
        try await node.read(
          PostgresQuery("INSERT INTO t VALUES (1) RETURNING id"), setup: [], options: PostgresReadOptions(lane: lane))
      }
      #expect(error?.sqlState == .readOnlyTransaction)
    }
  }

  @Test("A slow statement moves to the pool with all behind it, and later ones go there at once")
  func slow() async throws {
    let slow = PostgresQuery("SELECT pg_sleep(0.6), 7")
    async let answer = try node.read(slow).first?.decode(1, as: Int32.self)
    try await withThrowingTaskGroup(of: Bool.self) { group in
      for value in 0..<100 { group.addTask { try await number(value) == value } }
      for try await isRight in group { #expect(isRight) }
    }
    #expect(try await answer == 7)
    let stalls = try #require(node.laneStatistics?.stalls)
    #expect(stalls >= 1)
    _ = try await node.read(slow)
    #expect(node.laneStatistics?.stalls == stalls)
  }

  @Test("Ten thousand cancelled reads: not one answer goes to another caller")
  func cancellations() async throws {
    try await withThrowingTaskGroup(of: Bool.self) { group in
      for value in 0..<10_000 {
        group.addTask {
          let task = Task { try await number(value) }
          if value % 2 == 0 { await Task.yield() }
          task.cancel()
          do { return try await task.value == value } catch is CancellationError { return true }
        }
        if value % 10 == 0 { group.addTask { try await number(value) == value } }
      }
      for try await isRight in group { #expect(isRight) }
    }
    #expect(try await number(-1) == -1)
  }
}
