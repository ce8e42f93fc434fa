package import Caching
package import NIOCore

/// A shared store that is out of reach: for what must do without one.
package struct FailingCacheStore: CacheStorePort {
  /// A store that fails every call.
  package init() {}

  package func get(_ keys: [CacheKey]) async throws(CacheStoreError) -> [ByteBuffer?] { throw .unavailable }

  package func set(_ values: [StoredValue]) async throws(CacheStoreError) { throw .unavailable }

  package func delete(_ keys: [CacheKey]) async throws(CacheStoreError) -> Int { throw .unavailable }

  package func delete(matching pattern: CachePattern) async throws(CacheStoreError) -> Int { throw .unavailable }

  package func scan(_ pattern: CachePattern, batch: Int) -> AsyncThrowingStream<[String], any Error> {
    AsyncThrowingStream { $0.finish(throwing: CacheStoreError.unavailable) }
  }

  package func timeToLive(_ key: CacheKey) async throws(CacheStoreError) -> RemainingTime { throw .unavailable }

  package func increment(_ increments: [Increment]) async -> [Result<Int, CacheStoreError>] {
    increments.map { _ in .failure(.unavailable) }
  }

  package func compareAndSet(
    _ key: CacheKey, expected: ByteBuffer?, new: ByteBuffer, timeToLive: Duration?
  ) async throws(CacheStoreError) -> Bool {
    throw .unavailable
  }

  package func compareAndDelete(_ key: CacheKey, expected: ByteBuffer) async throws(CacheStoreError) -> Bool {
    throw .unavailable
  }

  package func publish(_ message: ByteBuffer, on channel: String) async throws(CacheStoreError) { throw .unavailable }

  package func subscribe(_ channel: String) async throws(CacheStoreError) -> AsyncStream<ByteBuffer> {
    throw .unavailable
  }

  package func isConnected() async -> Bool { false }
}
