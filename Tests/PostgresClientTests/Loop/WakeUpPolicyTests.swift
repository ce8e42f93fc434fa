import CLibPQ
import Glibc
import TestServers
import Testing

@testable import PostgresClient

@Suite("The event loop's thread", .timeLimit(.minutes(2)))
struct WakeUpPolicyTests {
  /// How the system schedules the thread of a loop (sched(7)).
  private func policy(of loop: PostgresEventLoop) async -> Int32 {
    await withCheckedContinuation { answer in
      loop.inbox.send(.call { _ in answer.resume(returning: sched_getscheduler(0)) })
    }
  }

  @Test("It waits its turn while many are under way, and interrupts again when few are")
  func crowd() async throws {
    let server = try PostgresServer()
    var settings = PostgresPoolSettings.patient
    settings.maximum = 12
    let loop = try PostgresEventLoop(logger: .quiet)
    let pool = PostgresPool(url: try PostgresURL(server.url), settings: settings, loop: loop)
    let few = (0..<2).map { _ in Task { try await pool.query("SELECT pg_sleep(60)") } }
    try await eventually("two under way") { pool.statistics.active == 2 }
    #expect(await policy(of: loop) == SCHED_OTHER)
    let many = (0..<10).map { _ in Task { try await pool.query("SELECT pg_sleep(60)") } }
    try await eventually("it waits its turn") { await policy(of: loop) == SCHED_BATCH }
    for task in many { task.cancel() }
    try await eventually("it interrupts again") { await policy(of: loop) == SCHED_OTHER }
    for task in few { task.cancel() }
  }
}
