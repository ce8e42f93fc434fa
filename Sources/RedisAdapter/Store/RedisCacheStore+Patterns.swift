package import Caching
import RedisClient

/// Walks over the keys of all masters. Redis narrows the walk by a glob; what it lets through is matched here against
/// the key as operators write it, without prefix and braces.
extension RedisCacheStore {
  /// How many keys Redis looks at in one step of a deletion.
  private static let batch = 512

  package func delete(matching pattern: CachePattern) async throws(CacheStoreError) -> Int {
    let match = StoredKeyMatch(pattern, prefix: prefix)
    var count = 0
    do {
      for try await names in client.scan(matching: match.glob, count: Self.batch) {
        count += try await unlink(names.filter { match.text($0) != nil })
      }
    } catch {
      throw Self.storeError(error)
    }
    return count
  }

  package func scan(_ pattern: CachePattern, batch: Int) -> AsyncThrowingStream<[String], any Error> {
    let match = StoredKeyMatch(pattern, prefix: prefix)
    let names = StreamReader(client.scan(matching: match.glob, count: max(1, batch)))
    return AsyncThrowingStream {
      do {
        return try await names.next()?.compactMap(match.text)
      } catch {
        throw Self.storeError(error)
      }
    }
  }

  private static func storeError(_ error: any Error) -> CacheStoreError {
    (error as? RedisClientError).map { CacheStoreError($0) } ?? error as? CacheStoreError ?? .unavailable
  }
}
