package import Caching
import NIOCore
import RedisClient

/// What becomes known of keys that anyone has written or deleted, or that have expired or been evicted.
package enum CacheDeletion: Sendable, Hashable {
  /// These keys, as operators write them: what is in memory under them must be checked again.
  case keys([String])
  /// Any key: all that is in memory must be checked again.
  case everything
  /// The connection is lost: nothing becomes known until the next ``everything``.
  case interrupted
}

extension RedisCacheStore {
  /// Deletions and changes of the keys in some namespaces from now on, by whomever, this process included (CLIENT
  /// TRACKING in broadcast mode). The stream ends with the client, or when its reader falls too far behind.
  package func deletions(in namespaces: [String]) async throws(CacheStoreError) -> AsyncStream<CacheDeletion> {
    let prefixes = namespaces.map { String(stored(CacheKey($0, .platform, "")).prefix { $0 != "{" }) }
    let events = try await translating { () async throws(RedisClientError) in
      try await client.invalidations(ofKeysWith: prefixes)
    }
    let reader = EventReader(events)
    return AsyncStream {
      switch await reader.next() {
      case nil: nil
      case .keys(let names)?: .keys(names.compactMap(text))
      case .everything?, .resumed?: .everything
      case .interrupted?: .interrupted
      }
    }
  }

  private func text(_ name: ByteBuffer) -> String? {
    StoredKey(String(buffer: name), prefix: "\(prefix):")?.text
  }
}
