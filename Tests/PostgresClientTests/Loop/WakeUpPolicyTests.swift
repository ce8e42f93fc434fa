import CLibPQ
import Foundation
import PostgresClient
import TestServers
import Testing

@Suite("The event loop's thread", .timeLimit(.minutes(2)))
struct WakeUpPolicyTests {
  /// How many threads of this process are of class `SCHED_BATCH` (proc(5), field 41 of `stat`).
  private func patientThreads() throws -> Int {
    let threads = URL(filePath: "/proc/self/task")
    return try FileManager.default.contentsOfDirectory(at: threads, includingPropertiesForKeys: nil).count { thread in
      // A thread may end meanwhile. The name, which may hold spaces, is in parentheses.
      guard let text = try? String(contentsOf: thread.appending(path: "stat"), encoding: .utf8),
        let fields = text.split(separator: ")").last?.split(separator: " "), fields.count > 38
      else { return false }
      return fields[38] == "\(SCHED_BATCH)"
    }
  }

  @Test("It waits its turn while many are under way, and interrupts again when few are; no other thread ever does")
  func crowd() async throws {
    let server = try PostgresServer()
    var settings = PostgresPoolSettings.patient
    settings.maximum = 12
    let pool = PostgresPool(
      url: try PostgresURL(server.url), settings: settings, loop: try PostgresEventLoop(logger: .quiet))
    let few = (0..<2).map { _ in Task { try await pool.query("SELECT pg_sleep(60)") } }
    try await eventually("two are under way") { pool.statistics.active == 2 }
    #expect(try patientThreads() == 0)
    let many = (0..<10).map { _ in Task { try await pool.query("SELECT pg_sleep(60)") } }
    try await eventually("it waits its turn") { try patientThreads() == 1 }
    for task in many { task.cancel() }
    try await eventually("it interrupts again") { try patientThreads() == 0 }
    for task in few { task.cancel() }
  }
}
