package import Caching
package import NIOCore

extension ChaosStore {
  package func read(_ keys: [CacheKey], _ tags: [CacheTag]) async throws(CacheStoreError) -> FencedReading {
    try await pass { (store) async throws(CacheStoreError) in try await store.read(keys, tags) }
  }

  package func repeatedRead(_ key: CacheKey, _ tags: [CacheTag]) -> RepeatedRead? {
    RepeatedRead { [self] limit, receive in
      _ = environment.start { [self] in
        do throws(CacheStoreError) {
          receive(.success(try await environment.within(limit) { try await self.read([key], tags) }))
        } catch {
          receive(.failure(error))
        }
      }
      return true
    }
  }

  package func mint(_ tags: [CacheTag], position: UInt64?) async throws(CacheStoreError) -> [Generation] {
    try await pass { (store) async throws(CacheStoreError) in try await store.mint(tags, position: position) }
  }

  package func doubt(_ tags: [CacheTag], by change: UInt64, lease: Duration) async throws(CacheStoreError) {
    try await pass { (store) async throws(CacheStoreError) in try await store.doubt(tags, by: change, lease: lease) }
  }

  package func bump(
    _ tags: [CacheTag], by change: UInt64, position: UInt64?
  ) async throws(CacheStoreError) -> [Generation] {
    try await pass { (store) async throws(CacheStoreError) in
      try await store.bump(tags, by: change, position: position)
    }
  }

  package func withdraw(_ tags: [CacheTag], by change: UInt64) async throws(CacheStoreError) {
    try await pass { (store) async throws(CacheStoreError) in try await store.withdraw(tags, by: change) }
  }

  package func store(_ value: StoredValue, under guards: [FenceGuard]) async throws(CacheStoreError) -> Bool {
    try await pass { (store) async throws(CacheStoreError) in try await store.store(value, under: guards) }
  }

  package func get(_ keys: [CacheKey]) async throws(CacheStoreError) -> [ByteBuffer?] {
    try await pass { (store) async throws(CacheStoreError) in try await store.get(keys) }
  }

  package func set(_ values: [StoredValue]) async throws(CacheStoreError) {
    try await pass { (store) async throws(CacheStoreError) in try await store.set(values) }
  }

  package func delete(_ keys: [CacheKey]) async throws(CacheStoreError) -> Int {
    try await pass { (store) async throws(CacheStoreError) in try await store.delete(keys) }
  }

  package func delete(matching pattern: CachePattern) async throws(CacheStoreError) -> Int {
    try await pass { (store) async throws(CacheStoreError) in try await store.delete(matching: pattern) }
  }

  package func scan(_ pattern: CachePattern, batch: Int) -> AsyncThrowingStream<[String], any Error> {
    AsyncThrowingStream { continuation in
      let work = environment.start { [self] in
        do {
          try await pass { (_) async throws(CacheStoreError) in }
          for try await texts in inner.scan(pattern, batch: batch) {
            continuation.yield(texts)
            try await pass { (_) async throws(CacheStoreError) in }
          }
          continuation.finish()
        } catch {
          continuation.finish(throwing: error)
        }
      }
      continuation.onTermination = { _ in work.cancel() }
    }
  }

  package func timeToLive(_ key: CacheKey) async throws(CacheStoreError) -> RemainingTime {
    try await pass { (store) async throws(CacheStoreError) in try await store.timeToLive(key) }
  }

  package func increment(_ increments: [Increment]) async -> [Result<Int, CacheStoreError>] {
    do throws(CacheStoreError) {
      return try await pass { (store) async throws(CacheStoreError) in await store.increment(increments) }
    } catch {
      return increments.map { _ in .failure(error) }
    }
  }

  package func compareAndSet(
    _ key: CacheKey, expected: ByteBuffer?, new: ByteBuffer, timeToLive: Duration?
  ) async throws(CacheStoreError) -> Bool {
    try await pass { (store) async throws(CacheStoreError) in
      try await store.compareAndSet(key, expected: expected, new: new, timeToLive: timeToLive)
    }
  }

  package func compareAndDelete(_ key: CacheKey, expected: ByteBuffer) async throws(CacheStoreError) -> Bool {
    try await pass { (store) async throws(CacheStoreError) in
      try await store.compareAndDelete(key, expected: expected)
    }
  }

  package func isConnected() async -> Bool {
    do throws(CacheStoreError) {
      return try await pass { (store) async throws(CacheStoreError) in await store.isConnected() }
    } catch {
      return false
    }
  }
}
