import Logging
import PostgresClient
import Synchronization
import TestServers
import Testing

@Suite("A pool on a real server", .timeLimit(.minutes(3)))
struct PostgresPoolTests {
  let server: PostgresServer
  let loop: PostgresEventLoop
  let pool: PostgresPool

  init() throws {
    server = try PostgresServer()
    loop = try PostgresEventLoop(logger: .quiet)
    pool = PostgresPool(url: try PostgresURL(server.url), settings: .patient, loop: loop)
  }

  @Test("Values come back as they were sent")
  func values() async throws {
    let id = PostgresUUID(high: 0x0123_4567_89AB_CDEF, low: 0xFEDC_BA98_7654_3210)
    let row = try #require(
      try await pool.query(
        "SELECT $1, $2::int2, $3::int4, $4, $5, $6, $7, $8, $9, $10, $11::numeric, $12, $13, $14, $15",
        [
          true, .int16(-7), .int32(70_000), -5, 2.5, "grüß", .bytes([0, 255]), .uuid(id),
          .date(PostgresDate(daysSince1970: -1)), .timestamp(PostgresTimestamp(microsecondsSince1970: 1)),
          .untyped("-120034.05600"), .json(#"{"a": [1, null]}"#), .textArray(["a", nil, ""]), .uuidArray([id, id]), nil,
        ]
      ).first)
    #expect(try row.decode(0))
    #expect(try row.decode(1, as: Int16.self) == -7)
    #expect(try row.decode(2, as: Int.self) == 70_000)
    #expect(try row.decode(3, as: Int64.self) == -5)
    #expect(try row.decode(4, as: Double.self) == 2.5)
    #expect(try row.decode(5, as: String.self) == "grüß")
    #expect(try row.decodeBytesIfPresent(6) == [0, 255])
    #expect(try row.decode(7, as: PostgresUUID.self) == id)
    #expect(try row.decode(7, as: String.self) == "01234567-89ab-cdef-fedc-ba9876543210")
    #expect(try row.decode(8, as: PostgresDate.self).daysSince1970 == -1)
    #expect(try row.decode(9, as: PostgresTimestamp.self).microsecondsSince1970 == 1)
    #expect(try row.decode(10, as: String.self) == "-120034.05600")
    #expect(try row.decode(11, as: String.self) == #"{"a": [1, null]}"#)
    #expect(try row.decodeOptionals(12, as: String.self) == ["a", nil, ""])
    #expect(try row.decode(13, as: [PostgresUUID].self) == [id, id])
    #expect(row.isNull(14))
    #expect(throws: PostgresError.self) { try row.decode(14, as: String.self) }
    #expect(throws: PostgresError.self) { try row.decode(5, as: Int.self) }
  }

  @Test("A commit tells a position behind it in its own round trip; what is rolled back tells none")
  func positions() async throws {
    _ = try await pool.query("CREATE TABLE told (id bigint PRIMARY KEY)")
    let told = Mutex<[PostgresWALPosition?]>([])
    var options = PostgresTransactionOptions()
    options.onCommit = { position in told.withLock { $0.append(position) } }
    func now() async throws -> PostgresWALPosition {
      try #require(try await pool.query("SELECT pg_current_wal_insert_lsn()").first).decode(0)
    }
    let insertion = PostgresQuery("INSERT INTO told VALUES ($1) RETURNING id", [.int64(1)])
    let before = try await now()
    let rows = try await pool.oneRoundTrip([insertion, PostgresQuery("SELECT 7::bigint")], setup: [], options: options)
    #expect(try rows.count == 2 && rows[0][0].decode(0, as: Int.self) == 1 && rows[1][0].decode(0, as: Int.self) == 7)
    let first = try #require(told.withLock { $0.last } ?? nil)
    #expect(first > before)
    try await pool.transaction(options: options) { _ = try await $0.query("INSERT INTO told VALUES (2)") }
    let second = try #require(told.withLock { $0.last } ?? nil)
    let end = try await now()
    #expect(second > first && second <= end)
    await #expect(throws: PostgresError.self, "the number is taken") {
      try await pool.oneRoundTrip([insertion], setup: [], options: options)
    }
    await #expect(throws: PostgresError.self) {
      try await pool.transaction(options: options) { _ = try await $0.query(insertion) }
    }
    #expect(told.withLock { $0.count } == 2)
  }

  @Test("A transaction commits what its closure did, and nothing when it throws")
  func transaction() async throws {
    struct Refusal: Error {}
    try await pool.script("CREATE TABLE t (id bigint PRIMARY KEY); CREATE TABLE u (id bigint)")
    let count = try await pool.transaction { transaction in
      _ = try await transaction.query("INSERT INTO t VALUES ($1)", [1])
      return try await transaction.query("INSERT INTO t VALUES (2), (3)").affected
    }
    #expect(count == 2)
    await #expect(throws: Refusal.self) {
      try await pool.transaction { transaction in
        _ = try await transaction.query("INSERT INTO t VALUES ($1)", [4])
        throw Refusal()
      }
    }
    #expect(try await pool.query("SELECT count(*) FROM t").first?.decode(0, as: Int.self) == 3)
  }

  @Test("A whole transaction in one round trip gives each statement's rows, and none is kept when one fails")
  func oneRoundTrip() async throws {
    try await pool.script("CREATE TABLE t (id bigint PRIMARY KEY)")
    let rows = try await pool.oneRoundTrip(
      [PostgresQuery("INSERT INTO t VALUES ($1) RETURNING id", [1]), PostgresQuery("SELECT count(*) FROM t")],
      setup: [PostgresQuery("SELECT set_config('app.tenant_id', $1, true)", ["a"])])
    #expect(rows.count == 2)
    #expect(try rows[1].first?.decode(0, as: Int.self) == 1)
    let error = await #expect(throws: PostgresError.self) {
      try await pool.oneRoundTrip([
        PostgresQuery("INSERT INTO t VALUES (2)"), PostgresQuery("INSERT INTO t VALUES (1)"),
      ])
    }
    #expect(error?.sqlState == .uniqueViolation)
    #expect(error?.constraint == "t_pkey")
    #expect(try await pool.query("SELECT count(*) FROM t").first?.decode(0, as: Int.self) == 1)
    // '' on the connection that had it set, NULL on one that never had.
    let left = try await pool.query("SELECT coalesce(current_setting('app.tenant_id', true), '')").first
    #expect(try left?.decode(0, as: String.self) == "")
  }

  @Test("A cancelled caller is answered at once and the next gets an answer of its own")
  func cancelled() async throws {
    let task = Task { try await pool.query("SELECT pg_sleep(30)") }
    while pool.statistics.active == 0 { try await Task.sleep(for: .milliseconds(5)) }
    task.cancel()
    await #expect(throws: CancellationError.self) { try await task.value }
    for number in 0..<50 {
      #expect(try await pool.query("SELECT $1", [.int(number)]).first?.decode(0, as: Int.self) == number)
    }
  }

  @Test("Callers in a crowd each get the answer to their own question")
  func crowd() async throws {
    try await withThrowingTaskGroup(of: Bool.self) { group in
      for number in 0..<500 {
        group.addTask {
          try await pool.query("SELECT $1", [.int(number)]).first?.decode(0, as: Int.self) == number
        }
      }
      for try await isRight in group { #expect(isRight) }
    }
  }

  @Test("A statement whose table has changed is prepared anew, on its own and in a transaction")
  func stalePlan() async throws {
    try await pool.script("CREATE TABLE t (id bigint); INSERT INTO t VALUES (1)")
    let all: PostgresStatement = "SELECT * FROM t"
    for _ in 0..<20 { _ = try await pool.query(all) }
    try await pool.script("ALTER TABLE t ADD COLUMN name text DEFAULT 'x'")
    for _ in 0..<20 { #expect(try await pool.query(all).first?.count == 2) }
    try await pool.script("ALTER TABLE t ADD COLUMN size int DEFAULT 1")
    for _ in 0..<20 {
      let columns = try await pool.transaction { try await $0.query(all).first?.count }
      #expect(columns == 3)
    }
    try await pool.script("DEALLOCATE ALL")
    for _ in 0..<20 { #expect(try await pool.query(all).count == 1) }
  }

  @Test("More statements than a connection keeps prepared are all executed")
  func manyStatements() async throws {
    var settings = PostgresPoolSettings.patient
    settings.minimum = 1
    settings.maximum = 1
    settings.maximumPreparedStatements = 4
    let pool = PostgresPool(url: try PostgresURL(server.url), settings: settings, loop: loop)
    for number in 0..<40 {
      let value = number % 7
      #expect(
        try await pool.query(PostgresStatement("SELECT $1 + \(value)"), [1]).first?.decode(0, as: Int.self) == 1 + value
      )
    }
    #expect(
      try await pool.query("SELECT count(*) FROM pg_prepared_statements").first?.decode(0, as: Int.self) ?? 0 <= 5)
  }

  @Test("A savepoint undoes what its closure did, and the transaction goes on")
  func savepoint() async throws {
    try await pool.script("CREATE TABLE t (id bigint PRIMARY KEY)")
    try await pool.transaction { transaction in
      _ = try await transaction.query("INSERT INTO t VALUES (1)")
      await #expect(throws: PostgresError.self) {
        try await transaction.savepoint {
          _ = try await $0.batch([PostgresQuery("INSERT INTO t VALUES (2)"), PostgresQuery("INSERT INTO t VALUES (1)")])
        }
      }
      _ = try await transaction.savepoint { try await $0.query("INSERT INTO t VALUES (3)") }
    }
    let ids = try await pool.query("SELECT id FROM t ORDER BY id").map { try $0.decode(0, as: Int.self) }
    #expect(ids == [1, 3])
  }

  @Test("Neither a description of an error nor one of a URL holds a password or a value")
  func secrets() async throws {
    let url = try PostgresURL("postgres://someone:canary@127.0.0.1:\(server.port)/postgres?connect_timeout=3")
    #expect(!"\(url)".contains("canary"))
    #expect(!String(reflecting: url).contains("canary"))
    var dumped = ""
    dump(url, to: &dumped)
    #expect(!dumped.contains("canary"))
    for text in ["postgres://someone:canary@[::1/x", "postgres://someone:canary@host:port/x", "canary"] {
      let bad = #expect(throws: PostgresError.self) { try PostgresURL(text) }
      #expect(bad.map { "\($0)" }?.contains("canary") == false)
    }
    var settings = PostgresPoolSettings()
    settings.connectAttempts = 1
    let refused = PostgresPool(url: url, settings: settings, loop: loop)
    let error = await #expect(throws: PostgresError.self) { try await refused.query("SELECT 1") }
    #expect(error?.code == .connectFailed)
    #expect(error.map { "\($0)" }?.contains("canary") == false)
    try await pool.script("CREATE TABLE t (id text PRIMARY KEY); INSERT INTO t VALUES ('canary')")
    for statement in ["INSERT INTO t VALUES ($1)", "SELECT $1::int"] {
      let failed = await #expect(throws: PostgresError.self) {
        try await pool.query(PostgresStatement(statement), [.untyped("canary")])
      }
      #expect(failed.map { "\($0)" }?.contains("canary") == false)
    }
  }
}
