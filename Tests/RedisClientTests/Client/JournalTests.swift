import Logging
import NIOCore
import Synchronization
import TestServers
import Testing

@testable import RedisClient

@Suite("What is told of connections", .timeLimit(.minutes(1)))
struct JournalTests {
  @Test("Of errors in a row the first and every tenth are logged, all are counted, and a connection begins anew")
  func thinned() {
    let log = RecordedLog()
    let journal = ConnectionJournal(logger: log.logger, onEvent: nil)
    let error = RedisClientError(.notConnected, "refused", place: "a:1")
    for _ in 0..<35 { journal.record(.error(error), at: "a:1") }
    #expect(log.lines(.warning).count == 4)
    #expect(journal.counts.errors == 35)
    journal.record(.ready(RedisServerIdentity()), at: "a:1")
    journal.record(.error(error), at: "a:1")
    #expect(log.lines(.warning).count == 5)
    #expect(log.lines(.warning).allSatisfy { $0.contains("refused") && $0.contains("a:1") })
  }

  @Test("No password, key, argument or value comes to light in a log, an error or a description")
  func secrets() async throws {
    var options = RedisServer.Options()
    options.password = "right"
    let server = try await RedisServer(options)
    let log = RecordedLog()
    var shown: [String] = []
    for password in ["canary-password", "right"] {
      var configuration = server.configuration
      configuration.credentials = RedisCredentials(username: "default", password: password)
      configuration.commandTimeout = .milliseconds(500)
      let sentinels = RedisSentinels(
        [RedisEndpoint(host: "127.0.0.1", port: server.port)], masterName: "m",
        credentials: RedisCredentials(password: "canary-sentinel"))
      for topology in [configuration.topology, .sentinel(sentinels)] {
        configuration.topology = topology
        shown += ["\(configuration)", String(reflecting: configuration)]
        dump(configuration, to: &shown[shown.count - 1])
        let client = RedisClient(configuration, logger: log.logger)
        defer { client.shutdown() }
        let commands: [RedisCommand] = [
          .set("canary-key", ByteBuffer(string: "canary-value")),
          RedisCommand("NOSUCH", ["canary-argument", "canary-other"]), RedisCommand("AUTH", ["canary", "canary-auth"]),
          RedisCommand("LPUSH", ["canary-key", "canary-value"], keys: .first),
          RedisCommand("EVAL", ["return redis.call('GET')", 0]),
          RedisCommand("CONFIG", ["SET", "maxmemory", "canary-value"]),
        ]
        for command in commands {
          do throws(RedisClientError) {
            _ = try await client.send(command)
          } catch {
            shown += ["\(error)", error.message, String(reflecting: error)]
          }
        }
      }
    }
    #expect(shown.count > 20 && !log.lines().isEmpty, "enough was said")
    for text in shown + log.lines() { #expect(!text.contains("canary-"), "\(text)") }
  }
}

/// Keeps what is logged.
private final class RecordedLog: Sendable {
  private let entries = Mutex<[(level: Logger.Level, text: String)]>([])

  var logger: Logger {
    var logger = Logger(label: "test") { _ in Handler(log: self) }
    logger.logLevel = .trace
    return logger
  }

  func lines(_ level: Logger.Level? = nil) -> [String] {
    entries.withLock { $0.filter { level == nil || $0.level == level }.map(\.text) }
  }

  private struct Handler: LogHandler {
    let log: RecordedLog
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.trace

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
      get { metadata[key] }
      set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
      let text = "\(event.message) \(metadata.merging(event.metadata ?? [:]) { $1 })"
      log.entries.withLock { $0.append((event.level, text)) }
    }
  }
}
