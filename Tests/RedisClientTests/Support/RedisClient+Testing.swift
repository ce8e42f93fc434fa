import Logging
import NIOCore
import TestServers
import Testing

@testable import RedisClient

/// A client for the time of a test, shut down whatever happens.
func withClient<Result>(
  _ configuration: RedisConfiguration, _ body: (RedisClient) async throws -> Result
) async throws -> Result {
  let client = RedisClient(configuration, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
  defer { client.shutdown() }
  return try await body(client)
}

extension RedisServer {
  /// A client's configuration for this server. Patient, for machines that do other things as well.
  var configuration: RedisConfiguration {
    var configuration = RedisConfiguration(host: "127.0.0.1", port: port)
    configuration.commandTimeout = .seconds(20)
    return configuration
  }
}

/// Waits until a condition holds.
func eventually(
  within limit: Duration = .seconds(20), _ what: Comment = "the condition did not come to hold",
  sourceLocation: SourceLocation = #_sourceLocation, _ condition: () async throws -> Bool
) async throws {
  let deadline = ContinuousClock.now + limit
  while !(try await condition()) {
    try #require(ContinuousClock.now < deadline, what, sourceLocation: sourceLocation)
    try await Task.sleep(for: .milliseconds(10))
  }
}

extension ByteBuffer {
  var text: String { String(buffer: self) }
}
