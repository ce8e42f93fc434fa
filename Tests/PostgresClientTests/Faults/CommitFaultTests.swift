import PostgresClient
import TestServers
import Testing

@Suite("COMMIT with a stopped synchronous standby", .tags(.slow), .timeLimit(.minutes(3)))
struct CommitFaultTests {
  let loop: PostgresEventLoop
  let server: PostgresServer
  let standby: PostgresServer
  let pool: PostgresPool

  init() async throws {
    loop = try PostgresEventLoop(logger: .quiet)
    server = try PostgresServer()
    try server.psql("CREATE TABLE t (id bigint)")
    standby = try server.makeReplica(name: "standby")
    try server.psql("ALTER SYSTEM SET synchronous_standby_names = 'standby'", "SELECT pg_reload_conf()")
    pool = PostgresPool(url: try PostgresURL(server.url), settings: .patient, loop: loop)
    try await eventually("the standby is synchronous") {
      try server.psql("SELECT sync_state FROM pg_stat_replication") == "sync"
    }
    _ = try await pool.oneRoundTrip([PostgresQuery("INSERT INTO t VALUES (0)")])
    try standby.freeze()
  }

  private var cancelWaiting: String {
    "SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE wait_event = 'SyncRep'"
  }

  @Test(
    "A cancelled wait for the standby is unknown, never a success", arguments: [true, false], [true, false])
  func cancelledWait(inOneRoundTrip: Bool, asksForPosition: Bool) async throws {
    defer { try? standby.thaw() }
    var asking = PostgresTransactionOptions()
    if asksForPosition { asking.onCommit = { _ in Issue.record("the commit is not certain") } }
    let options = asking
    let task = Task {
      if inOneRoundTrip {
        _ = try await pool.oneRoundTrip([PostgresQuery("INSERT INTO t VALUES (1)")], setup: [], options: options)
      } else {
        try await pool.transaction(options: options) { _ = try await $0.query("INSERT INTO t VALUES (1)") }
      }
    }
    try await eventually("COMMIT waits") { try server.psql(cancelWaiting).contains("t") }
    await #expect(performing: { try await task.value }, throws: isUnknown)
  }

  @Test("A caller who is cancelled while COMMIT runs still learns that it is unknown")
  func cancelledCaller() async throws {
    let task = Task {
      try await pool.transaction(options: commitsWithin(.milliseconds(700))) {
        _ = try await $0.query("INSERT INTO t VALUES (1)")
      }
    }
    try await eventually("COMMIT waits") {
      try server.psql("SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'SyncRep'") == "1"
    }
    task.cancel()
    await #expect(performing: { try await task.value }, throws: isUnknown)
    try standby.thaw()
  }

  @Test("A backend that is terminated while COMMIT waits is unknown")
  func terminated() async throws {
    let task = Task { try await pool.oneRoundTrip([PostgresQuery("INSERT INTO t VALUES (1)")]) }
    try await eventually("COMMIT waits") {
      try server.psql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE wait_event = 'SyncRep'").contains(
        "t")
    }
    await #expect(performing: { _ = try await task.value }, throws: isUnknown)
    try standby.thaw()
  }

  private func commitsWithin(_ deadline: Duration) -> PostgresTransactionOptions {
    var options = PostgresTransactionOptions()
    options.commitDeadline = deadline
    return options
  }

  private func isUnknown(_ error: any Error) -> Bool {
    switch error {
    case let error as PostgresError: error.code == .commitUnknown
    case let error as PostgresTransactionError: error.isOutcomeUnknown
    default: false
    }
  }
}
