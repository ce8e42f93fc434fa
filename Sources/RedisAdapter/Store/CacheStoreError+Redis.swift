import Caching
import RedisClient

extension CacheStoreError {
  /// What a failure of the client means to a caller of the store. What the server refuses it does not do: READONLY,
  /// LOADING, BUSY, OOM, MISCONF, CLUSTERDOWN and the like come before execution, and no script here writes before it
  /// can be refused.
  init(_ error: RedisClientError) {
    self =
      switch error.code {
      // One slot is being moved: no other is the worse for it.
      case .server("TRYAGAIN"): .timedOut
      case .timedOut, .cancelled, .connectionClosed(.maybeSent), .protocolViolation, .unexpectedReply: .timedOut
      case .notConnected, .connectionClosed(.notSent), .queueFull, .server, .authentication, .tls, .notMaster,
        .noServer, .crossSlot, .shutDown:
        .unavailable
      }
  }
}

extension RedisClientError {
  /// Whether the server refused to count because of the number, not because of its own state.
  var concernsNumber: Bool {
    guard case .server(let prefix) = code else { return false }
    return prefix == "WRONGTYPE"
      || prefix == "ERR" && (message.contains("not an integer") || message.contains("would overflow"))
  }

  /// Whether the connection went away with the command under way.
  var isLostReply: Bool { code == .connectionClosed(.maybeSent) }
}

/// Calls the client, and says what its failure means.
func translating<Value: Sendable>(
  _ call: () async throws(RedisClientError) -> Value
) async throws(CacheStoreError) -> Value {
  do {
    return try await call()
  } catch {
    throw CacheStoreError(error)
  }
}
