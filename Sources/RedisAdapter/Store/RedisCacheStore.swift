import Caching
package import RedisClient

/// A cache store in Redis: one server, the master behind sentinels, or a cluster.
///
/// A key is kept as `<prefix>:<namespace>:{<owner>}:<rest>`, so that in a cluster everything of one owner has one slot.
/// What a command that was sent twice could do wrong is sent once: when its reply is lost the call throws
/// ``CacheStoreError/timedOut``.
package struct RedisCacheStore: Sendable {
  /// The client it works on.
  package let client: RedisClient
  let prefix: String
  let makeNonce: @Sendable () -> UInt64
  let epochs = EpochBook()
  let tagNames = TagNames()
  /// How long one call may take; nil for the client's own limit.
  var patience: Duration?

  /// A store on a client, whose life is the caller's business.
  /// - Parameters:
  ///   - prefix: stands before every key and channel; tells this installation from others on the same servers.
  ///   - makeNonce: a new random number at every call, never 0.
  package init(
    client: RedisClient, prefix: String = "tenantry",
    makeNonce: @escaping @Sendable () -> UInt64 = { .random(in: 1 ... .max) }
  ) {
    self.client = client
    self.prefix = prefix
    self.makeNonce = makeNonce
  }

  /// How a key is named in Redis.
  func stored(_ key: CacheKey) -> String { key.stored(prefix: prefix, braces: true) }

  /// A command that takes no longer than ``patience``.
  func limited(_ command: RedisCommand) -> RedisCommand {
    var command = command
    command.timeout = patience
    return command
  }
}
