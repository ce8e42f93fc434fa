import Caching
import Kernel
import Logging
import NIOCore
import PortContracts
import RedisClient
import TestServers
import Testing

extension ContractRule: CustomTestStringConvertible {}

extension TenantID {
  /// A tenant that nobody else has.
  static func fresh() -> TenantID {
    TenantID(UniqueID(high: .random(in: .min ... .max), low: .random(in: .min ... .max)))
  }
}

extension RedisClient {
  /// A client that logs nothing.
  convenience init(silent configuration: RedisConfiguration) {
    self.init(configuration, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
  }
}

extension RedisServer {
  /// A client's configuration for this server, with a deadline that suits tests.
  var configuration: RedisConfiguration {
    var configuration = RedisConfiguration(host: "127.0.0.1", port: port)
    configuration.commandTimeout = .seconds(5)
    return configuration
  }
}

/// Waits until a condition holds.
func settle(
  _ what: Comment, within limit: Duration = .seconds(30), sourceLocation: SourceLocation = #_sourceLocation,
  _ condition: () async throws -> Bool
) async throws {
  let deadline = ContinuousClock.now + limit
  while !(try await condition()) {
    try #require(ContinuousClock.now < deadline, what, sourceLocation: sourceLocation)
    try await Task.sleep(for: .milliseconds(10))
  }
}

/// What a call returns as soon as the store can be reached again.
func eventually<Value>(within limit: Duration = .seconds(30), _ call: () async throws -> Value) async throws -> Value {
  let deadline = ContinuousClock.now + limit
  while true {
    do {
      return try await call()
    } catch let error as CacheStoreError {
      guard ContinuousClock.now < deadline else { throw error }
      try await Task.sleep(for: .milliseconds(20))
    }
  }
}
