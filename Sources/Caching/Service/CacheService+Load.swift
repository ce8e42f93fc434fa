import Synchronization

extension CacheService {
  public func getOrSet<Value: Codable & Sendable>(
    _ key: CacheKey, as type: Value.Type, policy: CachePolicy,
    load: @escaping @Sendable () async throws -> Loaded<Value>?
  ) async throws -> Cached<Value>? {
    let stamp = generations.stamp(key.tags)
    if let entry = valid(key) {
      if isDue(entry) { refresh(key, stamp: stamp, policy: policy, load: load) }
      return answer(entry)
    }
    // A change is under way: what a load finds may be of before or after it, so nobody may share or keep it.
    if stamp.isInDoubt {
      flights.loads.add(1, ordering: .relaxed)
      return answer(try encode(try await load(), stamp: stamp, policy: policy))
    }
    do {
      let entry = try await flights.run(key, stamp: stamp) { [self] in
        try landing(try await load(), stamp: stamp, policy: policy)
      } publish: { [self] in
        publish($0, key)
      }
      return answer(entry)
    } catch let error where !(error is CancellationError) {
      guard let entry = stale(key) else { throw error }
      staleServes.add(1, ordering: .relaxed)
      return answer(entry)
    }
  }

  func answer<Value>(_ entry: CacheEntry) -> Cached<Value>? {
    entry.isAbsent ? nil : Cached(entry)
  }

  func landing<Value>(_ loaded: Loaded<Value>?, stamp: FenceStamp, policy: CachePolicy) throws -> Flight.Landing {
    let isKept = loaded?.isKept ?? (policy.negativeTimeToLive > .zero)
    return Flight.Landing(entry: try encode(loaded, stamp: stamp, policy: policy), isKept: isKept)
  }

  /// Loads a key anew without anybody waiting, unless such a load is under way. When it fails the entry stays as it is.
  private func refresh<Value: Codable & Sendable>(
    _ key: CacheKey, stamp: FenceStamp, policy: CachePolicy,
    load: @escaping @Sendable () async throws -> Loaded<Value>?
  ) {
    guard !stamp.isInDoubt else { return }
    let isNew = flights.runInBackground(key, stamp: stamp) { [self] in
      try landing(try await load(), stamp: stamp, policy: policy)
    } publish: { [self] in
      publish($0, key)
    }
    if isNew { refreshes.add(1, ordering: .relaxed) }
  }
}
