import Synchronization

extension CacheService {
  public func getOrSet<Value: Codable & Sendable>(
    _ key: CacheKey, as type: Value.Type, policy: CachePolicy,
    load: @escaping @Sendable () async throws -> Loaded<Value>?
  ) async throws -> Cached<Value>? {
    let stamp = generations.stamp(key.tags)
    if let entry = valid(key) { return answer(entry) }
    // A change is under way: what a load finds may be of before or after it, so nobody may share or keep it.
    if stamp.isInDoubt {
      flights.loads.add(1, ordering: .relaxed)
      return answer(try encode(try await load(), stamp: stamp, policy: policy))
    }
    let entry = try await flights.run(key, stamp: stamp) { [self] in
      let loaded = try await load()
      let isKept = loaded?.isKept ?? (policy.negativeTimeToLive > .zero)
      return Flight.Landing(entry: try encode(loaded, stamp: stamp, policy: policy), isKept: isKept)
    } publish: { [local] entry in
      local.set(key, entry, cost: entry.cost)
    }
    return answer(entry)
  }

  private func answer<Value>(_ entry: CacheEntry) -> Cached<Value>? {
    entry.isAbsent ? nil : Cached(entry)
  }
}
