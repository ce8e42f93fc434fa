package import Caching
import NIOCore
import RedisClient

extension RedisCacheStore {
  /// By CLIENT TRACKING in broadcast mode, on a connection of its own to each master.
  package func deletions(in namespaces: [String]) async throws(CacheStoreError) -> AsyncStream<CacheDeletion>? {
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
