/// One key of a cache that has no tier in memory, to be looked for in the shared store again and again, without a task.
///
/// It finds what ``CacheServicePort/getOrSet(_:as:policy:load:)`` would return at that moment, and nothing where that would
/// do more than return it: load, wait for a change, make a generation, do without the store.
public final class CacheGlance: Sendable {
  private let service: CacheService
  private let tier: SharedTier
  private let key: CacheKey
  private let tags: [CacheTag]
  private let limit: Duration
  private let most: Int
  private let read: RepeatedRead

  init(_ service: CacheService, _ tier: SharedTier, _ key: CacheKey, _ policy: CachePolicy, _ read: RepeatedRead) {
    self.service = service
    self.tier = tier
    self.key = key
    self.read = read
    tags = key.cacheTags
    limit = policy.softSharedLimit ?? tier.options.readLimit
    most = policy.maximumBytes
  }

  /// Looks, and calls `receive` once, on any thread but never before this returns true; nil stands for nothing found. Returns
  /// false, and never calls, when there is no use in looking now.
  public func look(_ receive: @escaping @Sendable (CacheEntry?) -> Void) -> Bool {
    let stamp = service.stamp(key)
    // A change is under way: what is stored may be of before it.
    guard !stamp.isInDoubt, tier.isReadable(tags) else { return false }
    return read.send(within: limit) { [self] result in
      receive(
        tier.value(in: result, of: key, tags, most: most).flatMap { value in
          guard !value.isAbsent, value.isFresh(service.environment.ticker.nanoseconds()) else { return nil }
          tier.counters.hits.add(1, ordering: .relaxed)
          return value.entry(key, stamp, value: nil, life: value.life)
        })
    }
  }
}

extension CacheService {
  public func glance(at key: CacheKey, policy: CachePolicy) -> CacheGlance? {
    guard let shared, shared.isOnlyTier, !policy.skipsRead, let read = shared.store.repeatedRead(key, key.cacheTags)
    else { return nil }
    return CacheGlance(self, shared, key, policy, read)
  }
}
