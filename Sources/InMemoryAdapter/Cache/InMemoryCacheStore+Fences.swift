package import Caching
import Kernel

/// The generations, in one table behind one lock: whoever stores under them holds it while he does.
extension InMemoryCacheStore: FenceStorePort {
  package func read(_ keys: [CacheKey], _ tags: [CacheTag]) async throws(CacheStoreError) -> FencedReading {
    let now = ticker.nanoseconds()
    return fences.withLock { fences in
      FencedReading(values: keys.map { value($0, at: now)?.bytes }, generations: tags.map { fences.generation($0) })
    }
  }

  package func mint(_ tags: [CacheTag], position: UInt64?) async throws(CacheStoreError) -> [Generation] {
    let now = ticker.nanoseconds()
    return fences.withLock { fences in tags.map { fences.mint($0, position: position, now: now) } }
  }

  package func doubt(_ tags: [CacheTag], by change: UInt64, lease: Duration) async throws(CacheStoreError) {
    let end = ticker.nanoseconds().addingSaturated(lease.ticks)
    fences.withLock { fences in for tag in tags { fences.doubt(tag, by: change, until: end) } }
  }

  package func bump(
    _ tags: [CacheTag], by change: UInt64, position: UInt64?
  ) async throws(CacheStoreError) -> [Generation] {
    fences.withLock { fences in tags.map { fences.bump($0, by: change, position: position) } }
  }

  package func withdraw(_ tags: [CacheTag], by change: UInt64) async throws(CacheStoreError) {
    fences.withLock { fences in for tag in tags { fences.withdraw(tag, by: change) } }
  }

  package func store(_ value: StoredValue, under guards: [FenceGuard]) async throws(CacheStoreError) -> Bool {
    let now = ticker.nanoseconds()
    return fences.withLock { fences in
      guard guards.allSatisfy({ fences.holds($0) }) else { return false }
      put(value, at: now)
      return true
    }
  }
}
