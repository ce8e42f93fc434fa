import NIOCore

/// The store of a cache that has none: always out of reach.
struct AbsentStore: CacheStorePort {
  func get(_ keys: [CacheKey]) async throws(CacheStoreError) -> [ByteBuffer?] { throw .unavailable }

  func set(_ values: [StoredValue]) async throws(CacheStoreError) { throw .unavailable }

  func delete(_ keys: [CacheKey]) async throws(CacheStoreError) -> Int { throw .unavailable }

  func delete(matching pattern: CachePattern) async throws(CacheStoreError) -> Int { throw .unavailable }

  func scan(_ pattern: CachePattern, batch: Int) -> AsyncThrowingStream<[String], any Error> {
    AsyncThrowingStream { throw CacheStoreError.unavailable }
  }

  func timeToLive(_ key: CacheKey) async throws(CacheStoreError) -> RemainingTime { throw .unavailable }

  func increment(_ increments: [Increment]) async -> [Result<Int, CacheStoreError>] {
    increments.map { _ in .failure(.unavailable) }
  }

  func compareAndSet(
    _ key: CacheKey, expected: ByteBuffer?, new: ByteBuffer, timeToLive: Duration?
  ) async throws(CacheStoreError) -> Bool { throw .unavailable }

  func compareAndDelete(_ key: CacheKey, expected: ByteBuffer) async throws(CacheStoreError) -> Bool {
    throw .unavailable
  }

  func publish(_ message: ByteBuffer, on channel: String) async throws(CacheStoreError) { throw .unavailable }

  func subscribe(_ channel: String) async throws(CacheStoreError) -> AsyncStream<ByteBuffer> { throw .unavailable }

  func isConnected() async -> Bool { false }
}
