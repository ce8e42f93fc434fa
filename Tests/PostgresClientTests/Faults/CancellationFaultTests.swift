import PostgresClient
import TestServers
import Testing

@Suite("Cancellation on a pool", .tags(.slow), .timeLimit(.minutes(3)))
struct CancellationFaultTests {
  let loop: PostgresEventLoop

  init() throws { loop = try PostgresEventLoop(logger: .quiet) }

  @Test("Ten thousand cancelled statements: not one answer goes to another caller")
  func storm() async throws {
    let server = try PostgresServer()
    var settings = PostgresPoolSettings.patient
    settings.maximum = 8
    settings.maximumWaiting = 20_000
    let pool = PostgresPool(url: try PostgresURL(server.url), settings: settings, loop: loop)
    let wrong = try await withThrowingTaskGroup(of: Int.self) { group in
      for worker in 0..<50 {
        group.addTask {
          var wrong = 0
          for step in 0..<200 {
            let number = worker * 1000 + step
            let task = Task {
              try await pool.query("SELECT $1, pg_sleep($2)", [.int(number), .double(step % 20 == 0 ? 0.01 : 0)]).first?
                .decode(0, as: Int.self)
            }
            if step % 3 == 0 { await Task.yield() }
            if step % 7 == 0 { try await Task.sleep(for: .milliseconds(1)) }
            task.cancel()
            do {
              if try await task.value != number { wrong += 1 }
            } catch is CancellationError {}
          }
          return wrong
        }
      }
      return try await group.reduce(0, +)
    }
    #expect(wrong == 0)
    try await eventually("every connection is free again") { pool.statistics.active == 0 }
    for number in 0..<100 {
      #expect(try await pool.query("SELECT $1", [.int(number)]).first?.decode(0, as: Int.self) == number)
    }
    #expect(pool.statistics.total <= 8)
  }

  @Test("A cancelled transaction leaves nothing behind, and its connection is used again")
  func transactions() async throws {
    let server = try PostgresServer()
    var settings = PostgresPoolSettings.patient
    settings.minimum = 1
    settings.maximum = 1
    let pool = PostgresPool(url: try PostgresURL(server.url), settings: settings, loop: loop)
    try await pool.script("CREATE TABLE t (id bigint)")
    for step in 0..<50 {
      let task = Task {
        try await pool.transaction(setup: [PostgresQuery("SELECT set_config('app.tenant_id', 'secret', true)")]) {
          _ = try await $0.query("INSERT INTO t VALUES ($1)", [.int(step)])
          _ = try await $0.query("SELECT pg_sleep(60)")
        }
      }
      if step % 2 == 0 { try await Task.sleep(for: .milliseconds(5)) }
      task.cancel()
      await #expect(throws: CancellationError.self) { try await task.value }
      let row = try await pool.query("SELECT current_setting('app.tenant_id', true), count(*) FROM t").first
      #expect(try row?.decodeIfPresent(0, as: String.self) ?? "" == "")
      #expect(try row?.decode(1, as: Int.self) == 0)
    }
    #expect(pool.statistics.total == 1)
  }

  @Test("Behind PgBouncer with one server connection a hundred cancelled requests leak no setting and no answer")
  func pooler() async throws {
    let server = try PostgresServer()
    let bouncer = try PgBouncer(server: server, poolSize: 1)
    var settings = PostgresPoolSettings.patient
    settings.usesPreparedStatements = false
    settings.maximum = 10
    let node = PostgresNode(url: try PostgresURL(bouncer.url), settings: settings, loop: loop)
    try await node.pool.script("CREATE TABLE t (tenant text, id bigint)")
    let statement = PostgresStatement("SELECT current_setting('app.tenant_id', true), $1, pg_sleep($2)")
    try await withThrowingTaskGroup(of: Bool.self) { group in
      for number in 0..<200 {
        group.addTask {
          let tenant = "tenant-\(number)"
          let setup = [PostgresQuery("SELECT set_config('app.tenant_id', $1, true)", [.text(tenant)])]
          let parameters: [PostgresValue] = [.int(number), .double(number % 10 == 0 ? 0.02 : 0)]
          let task = Task {
            if number % 3 == 0 {
              return try await node.transaction(setup: setup) { try await $0.query(statement, parameters) }
            }
            return try await node.read(PostgresQuery(statement, parameters), setup: setup)
          }
          if number % 2 == 0 {
            if number % 4 == 0 { try await Task.sleep(for: .milliseconds(2)) }
            task.cancel()
          }
          do {
            let row = try await task.value.first
            return try row?.decode(0) == tenant && row?.decode(1) == number
          } catch is CancellationError { return number % 2 == 0 }
        }
      }
      for try await isRight in group { #expect(isRight) }
    }
    let left = try await node.query("SELECT current_setting('app.tenant_id', true)").first
    #expect(try left?.decodeIfPresent(0, as: String.self) ?? "" == "")
  }
}
