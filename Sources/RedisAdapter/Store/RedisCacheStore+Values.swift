package import Caching
package import NIOCore
import RedisClient

extension RedisCacheStore: CacheStorePort {
  /// How long a server may take to prove that it answers.
  private static let proofLimit = Duration.seconds(1)

  package func get(_ keys: [CacheKey]) async throws(CacheStoreError) -> [ByteBuffer?] {
    let names = keys.map(stored)
    return try await translating { () async throws(RedisClientError) in try await client.mget(names) }
  }

  package func set(_ values: [StoredValue]) async throws(CacheStoreError) {
    guard !values.isEmpty else { return }
    let commands = values.map(command)
    let replies = try await translating { () async throws(RedisClientError) in try await client.sendMany(commands) }
    let refused = replies.count { if case .error = $0 { true } else { false } }
    guard refused > 0 else { return }
    throw refused == replies.count ? .unavailable : .timedOut
  }

  package func delete(_ keys: [CacheKey]) async throws(CacheStoreError) -> Int { try await unlink(keys.map(stored)) }

  package func timeToLive(_ key: CacheKey) async throws(CacheStoreError) -> RemainingTime {
    let name = stored(key)
    return switch try await translating({ () async throws(RedisClientError) in try await client.timeToLive(name) }) {
    case .absent: .absent
    case .forever: .forever
    case .expires(let rest): .expires(in: rest)
    }
  }

  package func isConnected() async -> Bool {
    var ping = RedisCommand.ping
    ping.timeout = Self.proofLimit
    do {
      _ = try await client.send(ping)
    } catch {
      return false
    }
    return client.isConnected
  }

  /// Deletes keys by their names in Redis; returns how many were there. Sent once, since a second time would not count
  /// what the first one deleted.
  func unlink(_ names: [String]) async throws(CacheStoreError) -> Int {
    guard !names.isEmpty else { return 0 }
    let command = limited(.unlink(names))
    let reply = try await translating { () async throws(RedisClientError) in try await client.send(command) }
    guard let count = reply.integer else { throw .timedOut }
    return count
  }

  /// Stores a value, or deletes the one it replaces when its life is over already.
  private func command(_ value: StoredValue) -> RedisCommand {
    let name = RedisCommand.Argument.string(stored(value.key))
    var arguments = [name, .bytes(value.bytes)]
    if let life = value.timeToLive?.lifeInMilliseconds {
      guard life > 0 else { return RedisCommand("UNLINK", [name], keys: .first) }
      arguments += ["PX", .integer(life)]
    }
    return RedisCommand("SET", arguments, keys: .first)
  }
}
