import Logging
import PostgresClient
import Synchronization
import TestServers
import Testing

@Suite("What the server says besides", .timeLimit(.minutes(1)))
struct NoticeTests {
  /// Remembers what was logged.
  private final class Record: Sendable {
    let lines = Mutex<[String]>([])
  }

  private struct Recorder: LogHandler {
    let record: Record
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.debug

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
      get { metadata[key] }
      set { metadata[key] = newValue }
    }

    func log(event: LogEvent) { record.lines.withLock { $0.append("\(event.level) \(event.message)") } }
  }

  @Test("Notices and warnings go to the log, without their detail")
  func notices() async throws {
    let server = try PostgresServer()
    let record = Record()
    let logger = Logger(label: "test") { _ in Recorder(record: record) }
    let pool = PostgresPool(
      url: try PostgresURL(server.url), settings: .patient, loop: try PostgresEventLoop(logger: logger))
    try await pool.script(
      """
      DO $$ BEGIN
        RAISE NOTICE 'look' USING DETAIL = 'hidden';
        RAISE WARNING 'mind';
      END $$
      """)
    #expect(
      record.lines.withLock { $0 }.filter { $0.contains("PostgreSQL:") }
        == ["info PostgreSQL: look", "warning PostgreSQL: mind"])
    #expect(record.lines.withLock { $0 }.allSatisfy { !$0.contains("hidden") })
  }
}
