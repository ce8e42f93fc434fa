package import Caching
package import RedisClient

/// Counts in Redis, by the clock of the server that holds the key: one hash for each subject and window, one script for
/// each call.
///
/// A refused call writes nothing, and a counter is gone when its window is.
package struct RedisRateLimitStore: RateLimitStorePort {
  private let client: RedisClient
  private let prefix: String
  /// How long one call may take; nil for the client's own limit.
  private var patience: Duration?

  /// A store on a client, whose life is the caller's business.
  /// - Parameter prefix: as that of ``RedisCacheStore``, whose patterns do not reach what this store keeps.
  package init(client: RedisClient, prefix: String = "tenantry") {
    self.client = client
    self.prefix = "\(prefix):limit"
  }

  package func limited(to limit: Duration) -> (any RateLimitStorePort)? {
    var store = self
    store.patience = limit
    return store
  }

  package func take(
    _ count: Int, of limit: Int, per window: Duration, for key: CacheKey
  ) async throws(CacheStoreError) -> RateLimitGrant {
    let window = RateLimitSlots.microseconds(window)
    let name = stored(key, window)
    let arguments: [RedisCommand.Argument] = [
      .integer(max(0, count)), .integer(max(0, limit)), .integer(window),
      .integer(RateLimitSlots.length(ofWindow: window)),
    ]
    let reply = try await translating { () async throws(RedisClientError) in
      try await client.eval(RateLimitScripts.take, keys: [name], arguments: arguments, timeout: patience)
    }
    let numbers = (reply.array ?? []).compactMap(\.integer)
    guard numbers.count == 4 else { throw .timedOut }
    return RateLimitGrant(
      granted: numbers[0], remaining: numbers[1], resetAfter: .microseconds(numbers[2]), place: numbers[3])
  }

  package func giveBack(
    _ count: Int, of grant: RateLimitGrant, per window: Duration, for key: CacheKey
  ) async throws(CacheStoreError) {
    let count = min(count, grant.granted)
    guard count > 0 else { return }
    let name = stored(key, RateLimitSlots.microseconds(window))
    _ = try await translating { () async throws(RedisClientError) in
      try await client.eval(
        RateLimitScripts.giveBack, keys: [name], arguments: [.integer(count), .integer(grant.place)], timeout: patience)
    }
  }

  private func stored(_ key: CacheKey, _ window: Int) -> String {
    "\(key.stored(prefix: prefix, braces: true)):\(window)"
  }
}
