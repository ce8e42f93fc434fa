import PostgresClient
import Synchronization
import TestServers
import Testing

@Suite("Transactions", .timeLimit(.minutes(3)))
struct TransactionTests {
  let server: PostgresServer
  let pool: PostgresPool

  init() async throws {
    server = try PostgresServer()
    pool = PostgresPool(
      url: try PostgresURL(server.url), settings: .patient, loop: try PostgresEventLoop(logger: .quiet))
    try await pool.script(
      """
      CREATE TABLE t (id bigint UNIQUE DEFERRABLE INITIALLY DEFERRED);
      CREATE FUNCTION fail(code text) RETURNS void LANGUAGE plpgsql AS $$
      BEGIN RAISE EXCEPTION 'as asked' USING ERRCODE = code; END $$;
      """)
  }

  private struct Refused: Error {}

  @Test(
    "It runs at the isolation level that was asked for",
    arguments: [PostgresIsolation.readCommitted, .repeatableRead, .serializable])
  func isolation(_ level: PostgresIsolation) async throws {
    let query = PostgresQuery("SELECT current_setting('transaction_isolation')")
    let options = PostgresTransactionOptions(isolation: level)
    let inside = try await pool.transaction(options: options) { try await $0.query(query) }
    #expect(try inside[0].decode(0, as: String.self).uppercased() == level.rawValue)
    let inOneGo = try await pool.oneRoundTrip([query], options: options)
    #expect(try inOneGo[0][0].decode(0, as: String.self).uppercased() == level.rawValue)
  }

  @Test("One for which no level is asked runs under READ COMMITTED, whatever the server's default is")
  func usualIsolation() async throws {
    try server.psql("ALTER DATABASE postgres SET default_transaction_isolation = 'repeatable read'")
    let other = PostgresPool(
      url: try PostgresURL(server.url), settings: .patient, loop: try PostgresEventLoop(logger: .quiet))
    let query = PostgresQuery("SELECT current_setting('transaction_isolation')")
    #expect(try await other.query(query)[0].decode(0, as: String.self) == "repeatable read")
    let inside = try await other.transaction { try await $0.query(query) }
    #expect(try inside[0].decode(0, as: String.self) == "read committed")
    let inOneGo = try await other.oneRoundTrip([query])
    #expect(try inOneGo[0][0].decode(0, as: String.self) == "read committed")
  }

  @Test("One of several steps may be idle as long as a statement may take; then the server ends it")
  func idleness() async throws {
    let query = PostgresQuery("SELECT current_setting('idle_in_transaction_session_timeout')")
    let inside = try await pool.transaction { try await $0.query(query) }
    #expect(try inside[0].decode(0, as: String.self) == "1min")
    #expect(try await pool.query(query)[0].decode(0, as: String.self) == "0", "it ends with the transaction")
  }

  @Test("One that is read only writes nothing")
  func readOnly() async throws {
    let options = PostgresTransactionOptions(isReadOnly: true)
    let error = await #expect(throws: PostgresError.self) {
      try await pool.transaction(options: options) { _ = try await $0.query("INSERT INTO t VALUES (1)") }
    }
    #expect(error?.sqlState == .readOnlyTransaction)
    #expect(try await pool.transaction(options: options) { try await $0.query("SELECT FROM t") }.isEmpty)
  }

  @Test(
    "A conflict runs the whole again, as often as allowed and no oftener; another error does not",
    arguments: [("40001", 4), ("40P01", 4), ("23505", 1)])
  func bound(_ code: String, _ expected: Int) async throws {
    let runs = Mutex(0)
    let error = await #expect(throws: PostgresError.self) {
      try await pool.transaction(options: PostgresTransactionOptions(retries: 3)) { transaction in
        runs.withLock { $0 += 1 }
        _ = try await transaction.query("INSERT INTO t VALUES (1)")
        _ = try await transaction.query("SELECT fail($1)", [.text(code)])
      }
    }
    #expect(error?.sqlState?.description == code)
    #expect(runs.withLock { $0 } == expected)
    try server.psql("CREATE SEQUENCE attempts")
    await #expect(throws: PostgresError.self) {
      _ = try await pool.oneRoundTrip(
        [PostgresQuery("SELECT nextval('attempts')"), PostgresQuery("SELECT fail($1)", [.text(code)])])
    }
    #expect(try server.psql("SELECT last_value FROM attempts") == "\(expected)")
    #expect(try await pool.query("SELECT FROM t").isEmpty)
  }

  @Test("A conflict that passes is nobody's business")
  func passingConflict() async throws {
    let runs = Mutex(0)
    try await pool.transaction { transaction in
      let run = runs.withLock { runs in
        runs += 1
        return runs
      }
      _ = try await transaction.query("INSERT INTO t VALUES ($1)", [.int(run)])
      if run < 3 { _ = try await transaction.query("SELECT fail('40001')") }
    }
    #expect(try await pool.query("SELECT id FROM t")[0].decode(0, as: Int.self) == 3)
  }

  @Test("What fails before the first statement of the closure is told as an error of the beginning")
  func begin() async throws {
    let error = await #expect(throws: PostgresTransactionError.self) {
      try await pool.transaction(setup: [PostgresQuery("SELECT 1 / 0")]) { _ = try await $0.query("SELECT 1") }
    }
    #expect((error?.begin as? PostgresError)?.sqlState?.description == "22012")
    #expect(error?.body == nil && error?.commit == nil && error?.rollback == nil && error?.isOutcomeUnknown == false)
  }

  @Test("What fails at COMMIT is told as an error of the commit, its outcome known")
  func commit() async throws {
    let error = await #expect(throws: PostgresTransactionError.self) {
      try await pool.transaction { _ = try await $0.query("INSERT INTO t VALUES (1), (1)") }
    }
    #expect((error?.commit as? PostgresError)?.sqlState == .uniqueViolation)
    #expect(error?.begin == nil && error?.body == nil && error?.rollback == nil && error?.isOutcomeUnknown == false)
  }

  @Test("A rollback that fails is told beside what the closure threw")
  func rollback() async throws {
    let error = await #expect(throws: PostgresTransactionError.self) {
      try await pool.transaction { transaction in
        _ = try await transaction.query("INSERT INTO t VALUES (1)")
        try server.freeze()
        throw Refused()
      }
    }
    try server.thaw()
    #expect(error?.body is Refused && error?.rollback is PostgresError)
    #expect(error?.begin == nil && error?.commit == nil && error?.isOutcomeUnknown == false)
    try await eventually("nothing was kept") { try server.psql("SELECT count(*) FROM t") == "0" }
  }

  @Test("After a statement that failed nothing is committed, even when the closure does not mind")
  func swallowed() async throws {
    let error = await #expect(throws: PostgresTransactionError.self) {
      try await pool.transaction { transaction in
        _ = try await transaction.query("INSERT INTO t VALUES (1)")
        do { _ = try await transaction.query("SELECT 1 / 0") } catch is PostgresError {}
      }
    }
    #expect((error?.commit as? PostgresError)?.sqlState == .failedTransaction)
    #expect(try await pool.query("SELECT FROM t").isEmpty)
  }
}
