import Synchronization

/// Remembers which server answered a command: the one behind the very connection that carried the last reply.
final class ReplyWitness: Sendable {
  private let state = Mutex<RedisServerIdentity?>(nil)

  /// Nil before the first reply.
  var server: RedisServerIdentity? { state.withLock { $0 } }

  func note(_ server: RedisServerIdentity) { state.withLock { $0 = server } }
}
