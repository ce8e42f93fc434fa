package import Caching
package import RedisClient

/// Instances in a sorted set, by the time they were last heard of, by the server's clock.
package struct RedisInstanceRoster: InstanceRosterPort {
  private static let script = RedisScript(
    """
    local key, id = KEYS[1], ARGV[1]
    local time = redis.call('TIME')
    local now = time[1] * 1000 + math.floor(time[2] / 1000)
    redis.call('ZREMRANGEBYSCORE', key, '-inf', now - 120000)
    local known = redis.call('ZSCORE', key, id) and 1 or 0
    redis.call('ZADD', key, now, id)
    redis.call('PEXPIRE', key, 120000)
    return {redis.call('ZCOUNT', key, now - tonumber(ARGV[2]), '+inf'), known}
    """)

  private let client: RedisClient
  private let name: String

  /// A roster on a client, whose life is the caller's business.
  /// - Parameter prefix: stands before the key.
  package init(client: RedisClient, prefix: String = "tenantry") {
    self.client = client
    name = CacheKey("fleet", .platform, "instances").stored(prefix: prefix, braces: true)
  }

  package func announce(
    _ instance: String, freshness: Duration
  ) async throws(CacheStoreError) -> InstanceRoster {
    let reply = try await translating { () async throws(RedisClientError) in
      try await client.eval(
        Self.script, keys: [name], arguments: [.string(instance), .integer(Int(freshness / .milliseconds(1)))])
    }
    let numbers = (reply.array ?? []).compactMap(\.integer)
    guard numbers.count == 2 else { throw .timedOut }
    return InstanceRoster(instances: numbers[0], wasKnown: numbers[1] == 1)
  }
}
