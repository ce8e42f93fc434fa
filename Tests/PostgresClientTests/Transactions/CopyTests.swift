import PostgresClient
import TestServers
import Testing

@Suite("COPY", .timeLimit(.minutes(3)))
struct CopyTests {
  let server: PostgresServer
  let pool: PostgresPool

  init() async throws {
    server = try PostgresServer()
    var settings = PostgresPoolSettings.patient
    settings.minimum = 1
    settings.maximum = 1
    pool = PostgresPool(
      url: try PostgresURL(server.url), settings: settings, loop: try PostgresEventLoop(logger: .quiet))
    try await pool.script(#"CREATE TABLE "a b" (id bigint PRIMARY KEY, "the name" text, bytes bytea)"#)
  }

  private let columns = ["id", "the name", "bytes"]

  private func count() async throws -> Int? {
    try await pool.query(#"SELECT count(*) FROM "a b""#).first?.decode(0, as: Int.self)
  }

  @Test("Values of every type arrive as they are")
  func values() async throws {
    try await pool.script(
      "CREATE TABLE v (a bool, b int2, c int4, d int8, e float8, f jsonb, g uuid, h date, i text[])")
    let row: [PostgresValue] = [
      true, .int16(-2), .int32(3), .int64(.max), .double(0.1), .json(#"{"a": 1}"#),
      .uuid(PostgresUUID(high: 1, low: 2)), .date(PostgresDate(daysSince1970: 19_000)), .textArray(["x", nil, "ü"]),
    ]
    let written = try await pool.transaction { transaction in
      try await transaction.copy(
        [row, [PostgresValue](repeating: nil, count: 9)], into: "v",
        columns: ["a", "b", "c", "d", "e", "f", "g", "h", "i"])
    }
    #expect(written == 2)
    let same = try await pool.query(
      """
      SELECT count(*) FROM v WHERE (a AND b = -2 AND c = 3 AND d = 9223372036854775807 AND e = 0.1 AND f = '{"a": 1}'
        AND g = '00000000-0000-0001-0000-000000000002' AND h = '2022-01-08' AND i = ARRAY['x', NULL, 'ü'])
        OR v IS NULL
      """)
    #expect(try same.first?.decode(0, as: Int.self) == 2)
  }

  @Test("Rows of several round trips, and one that no socket takes at once, are all written, or none")
  func many() async throws {
    let large = [UInt8](repeating: 7, count: 30 << 20)
    let rows = (0..<5000).lazy.map { number -> [PostgresValue] in
      [.int(number), .text(String(repeating: "x", count: 600)), number == 2500 ? .bytes(large) : nil]
    }
    struct Refused: Error {}
    await #expect(throws: Refused.self) {
      try await pool.transaction { transaction in
        try await transaction.copy(rows, into: "a b", columns: columns)
        throw Refused()
      }
    }
    #expect(try await count() == 0)
    let written = try await pool.transaction { try await $0.copy(rows, into: "a b", columns: columns) }
    #expect(written == 5000)
    #expect(try await count() == 5000)
    let length = try await pool.query(#"SELECT length(bytes) FROM "a b" WHERE bytes IS NOT NULL"#)
    #expect(try length.map { try $0.decode(0, as: Int.self) } == [large.count])
  }

  @Test("Copies that share the event loop go on, whenever their sockets take more")
  func together() async throws {
    var settings = PostgresPoolSettings.patient
    settings.maximum = 8
    settings.statementDeadline = .seconds(30)
    let pool = PostgresPool(
      url: try PostgresURL(server.url), settings: settings, loop: try PostgresEventLoop(logger: .quiet))
    let large = [UInt8](repeating: 7, count: 20 << 20)
    try await withThrowingTaskGroup(of: Void.self) { tasks in
      for number in 0..<8 {
        tasks.addTask {
          for round in 0..<6 {
            let row: [PostgresValue] = [.int(number * 6 + round), "x", .bytes(large)]
            _ = try await pool.transaction { try await $0.copy([row], into: "a b", columns: columns) }
          }
        }
      }
      try await tasks.waitForAll()
    }
    #expect(try await count() == 48)
  }

  @Test("A row that the server refuses undoes the transaction; the connection goes on")
  func refused() async throws {
    let rows = (0..<100_000).lazy.map { [PostgresValue.int($0 == 50 ? 49 : $0), nil, nil] }
    let error = await #expect(throws: PostgresError.self) {
      try await pool.transaction { try await $0.copy(rows, into: "a b", columns: columns) }
    }
    #expect(error?.sqlState == .uniqueViolation)
    let mistyped = await #expect(throws: PostgresError.self) {
      try await pool.transaction { try await $0.copy([[.int32(1)]], into: "a b", columns: ["id"]) }
    }
    #expect(mistyped?.sqlState?.description == "08P01")
    #expect(try await count() == 0)
    #expect(pool.statistics.total == 1)
  }

  @Test("What has no binary form, or another number of values, is refused before anything is sent")
  func invalid() async throws {
    for row in [[.untyped("1"), nil, nil], [1, "name"]] as [[PostgresValue]] {
      let error = await #expect(throws: PostgresError.self) {
        try await pool.transaction { try await $0.copy([row], into: "a b", columns: columns) }
      }
      #expect(error?.code == .invalidParameter)
    }
    #expect(try await pool.transaction { try await $0.copy([], into: "a b", columns: columns) } == 0)
  }

  @Test(
    "Cancelled while the server waits or writes, it leaves nothing, and its connection answers the right caller",
    arguments: [0, 1, 3, 10, 30, 100])
  func cancelled(after milliseconds: Int) async throws {
    // Slow in the middle of a copy, so that data still comes when the cancel request does.
    try await pool.script(
      """
      CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN IF NEW.id = 20 THEN PERFORM pg_sleep(60); END IF; RETURN NEW; END $$;
      CREATE TRIGGER slow BEFORE INSERT ON "a b" FOR EACH ROW EXECUTE FUNCTION slow();
      """)
    let large = [UInt8](repeating: 7, count: 1 << 20)
    let task = Task {
      try await pool.transaction { transaction in
        try await transaction.copy((0..<40).lazy.map { [.int($0), "x", .bytes(large)] }, into: "a b", columns: columns)
      }
    }
    try await Task.sleep(for: .milliseconds(milliseconds))
    task.cancel()
    await #expect(throws: CancellationError.self) { try await task.value }
    for number in 0..<20 {
      #expect(try await pool.query("SELECT $1", [.int(number)]).first?.decode(0, as: Int.self) == number)
    }
    #expect(try await count() == 0)
  }

  @Test("A server that takes nothing is told to stop at the deadline")
  func deadline() async throws {
    var settings = PostgresPoolSettings.patient
    settings.statementDeadline = .milliseconds(300)
    let hasty = PostgresPool(
      url: try PostgresURL(server.url), settings: settings, loop: try PostgresEventLoop(logger: .quiet))
    try await pool.transaction { holder in
      _ = try await holder.query(#"LOCK TABLE "a b" IN ACCESS EXCLUSIVE MODE"#)
      let error = await #expect(throws: PostgresError.self) {
        try await hasty.transaction { try await $0.copy([[1, nil, nil]], into: "a b", columns: columns) }
      }
      #expect(error?.code == .timedOut)
    }
    #expect(try await count() == 0)
  }

  @Test("A script that copies from the client is refused, and does not hang")
  func script() async throws {
    let error = await #expect(throws: PostgresError.self) { try await pool.script(#"COPY "a b" FROM STDIN"#) }
    #expect(error != nil)
    #expect(try await count() == 0)
  }
}
