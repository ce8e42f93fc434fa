import PostgresClient
import TestServers
import Testing

@Suite("Slow statements", .timeLimit(.minutes(3)))
struct PostgresQueryLogTests {
  let server: PostgresServer
  let node: PostgresNode
  let log: PostgresQueryLog

  init() async throws {
    server = try PostgresServer()
    var settings = PostgresQueryLog.Settings()
    settings.threshold = .milliseconds(1)
    log = PostgresQueryLog(settings: settings)
    node = PostgresNode(
      url: try PostgresURL(server.url), settings: .patient, loop: try PostgresEventLoop(logger: .quiet), log: log)
    try await node.pool.script(
      """
      CREATE TABLE venue (id bigint PRIMARY KEY, city text, size int);
      INSERT INTO venue SELECT n, 'city ' || n % 500, n % 100 FROM generate_series(1, 20000) n;
      ANALYZE venue;
      """)
  }

  @Test("A slow statement is kept by its fingerprint with its timing, and a plan that suggests the missing index")
  func suggestion() async throws {
    let query = PostgresQuery(
      PostgresStatement("SELECT id, pg_sleep(0.002) FROM venue WHERE city = $1 AND size < $2 LIMIT 3", name: "by city"),
      ["city 1", .int32(3)])
    for _ in 0..<3 { _ = try await node.read(query) }
    try await eventually("the plan is there") { log.slowest.first?.plan != nil }
    let entry = try #require(log.slowest.first { $0.name == "by city" })
    #expect(entry.timing.count == 3)
    #expect(entry.timing.longest >= .milliseconds(2))
    #expect(entry.fingerprint.description.contains("city = ? and size < ?"))
    #expect(entry.plan?.steps.contains { $0.kind == "Seq Scan" && $0.table == "venue" } == true)
    #expect(entry.suggestions.map(\.columns) == [["city", "size"]])
    let index = try #require(entry.suggestions.first?.statement)
    #expect(index == #"CREATE INDEX CONCURRENTLY ON "venue" ("city", "size")"#)
    // The advice is good: it can be followed, and then the table is no longer read as a whole.
    try server.psql(index)
    let plan = try server.psql("EXPLAIN SELECT id FROM venue WHERE city = 'city 1' AND size < 3")
    #expect(!plan.contains("Seq Scan"), "\(plan)")
    #expect(!"\(String(describing: entry.plan))".contains("city 1"))
  }

  @Test("A fast statement is not kept")
  func fast() async throws {
    var settings = PostgresQueryLog.Settings()
    settings.threshold = .seconds(60)
    let log = PostgresQueryLog(settings: settings)
    let node = PostgresNode(
      url: try PostgresURL(server.url), settings: .patient, loop: try PostgresEventLoop(logger: .quiet), log: log)
    _ = try await node.read(PostgresQuery("SELECT 1"))
    #expect(log.slowest.isEmpty)
  }

  @Test("A statement repeated in one request is found, whichever way it was executed")
  func repeated() async throws {
    let scope = PostgresRequestScope()
    try await PostgresRequestScope.$current.withValue(scope) {
      _ = try await node.query("SELECT id FROM venue LIMIT 3")
      for id in 1...3 { _ = try await node.read(PostgresQuery("SELECT city FROM venue WHERE id = $1", [.int(id)])) }
      try await node.transaction { transaction in
        for id in 4...6 { _ = try await transaction.query("SELECT city FROM venue WHERE  id = $1", [.int(id)]) }
      }
    }
    #expect(scope.statements == 7)
    #expect(scope.repeated(5).map(\.count) == [6])
    #expect(scope.repeated(5).first?.fingerprint.description == "select city from venue where id = ?")
    log.note(scope)
    log.note(scope)
    let repetition = try #require(log.repetitions.first)
    #expect(log.repetitions.count == 1 && repetition.requests == 2 && repetition.most == 6)
  }

  @Test("What goes out together in one round trip is no repetition")
  func together() async throws {
    let scope = PostgresRequestScope()
    try await PostgresRequestScope.$current.withValue(scope) {
      let queries = (1...9).map { PostgresQuery("SELECT city FROM venue WHERE id = $1", [.int($0)]) }
      _ = try await node.oneRoundTrip(queries)
      try await node.transaction { _ = try await $0.batch(queries) }
    }
    #expect(scope.statements == 2)
    log.note(scope)
    #expect(log.repetitions.isEmpty)
  }
}
