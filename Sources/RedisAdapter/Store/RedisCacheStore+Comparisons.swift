package import Caching
package import NIOCore
import RedisClient

/// Counters and compare-and-set: what must read and write in one step.
extension RedisCacheStore {
  package func increment(_ increments: [Increment]) async -> [Result<Int, CacheStoreError>] {
    let end = patience.map { ContinuousClock.now + $0 }
    var outcomes = await client.sendEach(increments.map { command($0, byDigest: true, until: end) })
    // A script that a server does not know was not run.
    let unknown = outcomes.indices.filter { outcomes[$0].isOfUnknownScript }
    let again = await client.sendEach(unknown.map { command(increments[$0], byDigest: false, until: end) })
    for (index, outcome) in zip(unknown, again) { outcomes[index] = outcome }
    return outcomes.map { outcome in
      outcome.mapError { $0.concernsNumber ? .notANumber : CacheStoreError($0) }.flatMap { reply in
        reply.integer.map { .success($0) } ?? .failure(.timedOut)
      }
    }
  }

  private func command(
    _ increment: Increment, byDigest: Bool, until end: ContinuousClock.Instant?
  ) -> RedisCommand {
    let name = stored(increment.key)
    var command = RedisCommand.incrby(name, increment.amount)
    if let life = increment.timeToLive?.lifeInMilliseconds {
      command = .eval(
        Self.incrementScript, byDigest: byDigest, keys: [name],
        arguments: [.integer(increment.amount), .integer(life)])
    }
    command.timeout = end.map { max(.zero, $0 - .now) }
    return command
  }

  package func compareAndSet(
    _ key: CacheKey, expected: ByteBuffer?, new: ByteBuffer, timeToLive: Duration?
  ) async throws(CacheStoreError) -> Bool {
    let life = timeToLive?.lifeInMilliseconds
    let expiry: [RedisCommand.Argument] = life.map { ["PX", .integer($0)] } ?? []
    switch (expected, life) {
    case (nil, 0):
      let name = stored(key)
      return try await translating { () async throws(RedisClientError) in try await client.exists([name]) } == 0
    case (nil, _):
      let arguments: [RedisCommand.Argument] = [.string(stored(key)), .bytes(new), "NX"]
      let command = limited(RedisCommand("SET", arguments + expiry, keys: .first))
      return try await translating { () async throws(RedisClientError) in try await !client.send(command).isNull }
    case (let expected?, 0): return try await compareAndDelete(key, expected: expected)
    case (let expected?, _): return try await compare(Self.swapScript, key, [.bytes(expected), .bytes(new)] + expiry)
    }
  }

  package func compareAndDelete(_ key: CacheKey, expected: ByteBuffer) async throws(CacheStoreError) -> Bool {
    try await compare(Self.deleteScript, key, [.bytes(expected)])
  }

  private func compare(
    _ script: RedisScript, _ key: CacheKey, _ arguments: [RedisCommand.Argument]
  ) async throws(CacheStoreError) -> Bool {
    let name = stored(key)
    let reply = try await translating { () async throws(RedisClientError) in
      try await client.eval(script, keys: [name], arguments: arguments, timeout: patience)
    }
    guard let done = reply.integer else { throw .timedOut }
    return done == 1
  }

  /// `KEYS[1]` counter; amount, life in milliseconds. The sum goes back as text: Lua's own numbers hold 53 bits.
  private static let incrementScript = RedisScript(
    """
    if redis.call('EXISTS', KEYS[1]) == 0 then
      if tonumber(ARGV[2]) > 0 then redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2]) end
      return ARGV[1]
    end
    local sum = redis.pcall('INCRBY', KEYS[1], ARGV[1])
    if type(sum) == 'table' then return sum end
    return redis.call('GET', KEYS[1])
    """)

  /// `KEYS[1]` value; expected, new, then what SET takes for the life. What is no string equals nothing.
  private static let swapScript = RedisScript(
    """
    if redis.pcall('GET', KEYS[1]) ~= ARGV[1] then return 0 end
    redis.call('SET', KEYS[1], unpack(ARGV, 2))
    return 1
    """)

  /// `KEYS[1]` value; expected.
  private static let deleteScript = RedisScript(
    """
    if redis.pcall('GET', KEYS[1]) ~= ARGV[1] then return 0 end
    return redis.call('DEL', KEYS[1])
    """)
}

extension Result where Failure == RedisClientError {
  fileprivate var isOfUnknownScript: Bool {
    if case .failure(let error) = self { return error.code == .server(prefix: "NOSCRIPT") }
    return false
  }
}
