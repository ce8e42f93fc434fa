import Synchronization

extension CacheService {
  public func getOrSet<Value: Codable & Sendable>(
    _ key: CacheKey, as type: Value.Type, policy: CachePolicy,
    load: @escaping @Sendable () async throws -> Loaded<Value>?
  ) async throws -> Cached<Value>? {
    let stamp = stamp(key)
    if !policy.skipsRead, let entry = valid(key) {
      if isDue(entry) { refresh(key, stamp: stamp, policy: policy, load: load) }
      return answer(entry)
    }
    // A change is under way: what a load finds may be of before or after it, so nobody may keep it.
    if stamp.isInDoubt {
      return answer(
        try await doubtLoads.run(key, stamp: stamp) { [self] in
          let entry = try encode(key, try await counted(seeing: nil, load), stamp: stamp, policy: policy)
          await outdate([(key, entry)], policy)
          return entry
        })
    }
    let seen = await read(key, policy)
    if let finding = seen?.finding, let entry = use(finding, key, stamp, policy, as: type) { return answer(entry) }
    // What a cancelled caller has not seen says nothing about the store.
    if seen != nil { try Task.checkCancellation() }
    // Without entries in memory there is nothing past its time to fall back on.
    let patience = Patience(soft: keepsEntries ? policy.softLoadLimit : nil, hard: policy.hardLoadLimit) { [self] in
      stale(key) != nil
    }
    do {
      let entry = try await flights.run(key, stamp: stamp, patience: patience) { [self] flight in
        try await fetch(Way(key: key, flight: flight, policy: policy, isRefresh: policy.skipsRead), seen: seen, load)
      } publish: { [self] in
        publish($0, key, policy)
      }
      return answer(entry)
    } catch let error where !(error is CancellationError) {
      guard let entry = stale(key) else {
        throw error as? PatienceEnded == nil ? error : CacheLoadTimeout(key: key.text)
      }
      counters.staleServes.add(1, ordering: .relaxed)
      return answer(entry)
    }
  }

  func answer<Value>(_ entry: CacheEntry) -> Cached<Value>? {
    entry.isAbsent ? nil : Cached(entry)
  }

  /// What was loaded past the cache may show a change elsewhere that this instance has not heard of: nobody who asks from
  /// now on may be given what was loaded before. The store tells which tags that can be; without its word all are taken for
  /// changed.
  func outdate(_ loaded: [(key: CacheKey, entry: CacheEntry)], _ policy: CachePolicy) async {
    for (key, _) in loaded { generations.reveal(key.tags) }
    guard let shared else { return }
    for (key, entry) in loaded { shared.outran(entry, key) }
    for keys in loaded.map(\.key).grouped(by: \.scope) {
      let tags = keys.flatMap(\.cacheTags).uniqued()
      let changed = await shared.unsettled(tags, limit: policy.softSharedLimit ?? options.readLimit)
      generations.bump(changed ?? keys.flatMap(\.suspectTags).uniqued())
    }
  }

  /// Runs a load and counts it.
  /// - Parameter position: what a replica must have replayed to serve it; nil for the primary.
  func counted<Value: Sendable>(
    seeing position: UInt64?, _ load: @Sendable () async throws -> Value
  ) async throws -> Value {
    counters.loads.add(1, ordering: .relaxed)
    let start = environment.ticker.nanoseconds()
    defer { counters.loaded(from: start, to: environment.ticker.nanoseconds()) }
    return try await LoadFreshness.$position.withValue(position, operation: load)
  }

  func landing<Value>(
    _ key: CacheKey, _ loaded: Loaded<Value>?, stamp: FenceStamp, policy: CachePolicy
  ) throws -> Flight.Landing {
    let isKept = (loaded?.isKept ?? (policy.negativeTimeToLive > .zero)) && !policy.skipsWrite
    return Flight.Landing(
      entry: try encode(key, loaded, stamp: stamp, policy: policy, isKept: isKept && hasTiers), isKept: isKept)
  }

  /// Loads a key anew without anybody waiting, unless such a load is under way. When it fails the entry stays as it is.
  private func refresh<Value: Codable & Sendable>(
    _ key: CacheKey, stamp: FenceStamp, policy: CachePolicy,
    load: @escaping @Sendable () async throws -> Loaded<Value>?
  ) {
    guard !stamp.isInDoubt else { return }
    let isNew = flights.runInBackground(key, stamp: stamp) { [self] flight in
      try await fetch(Way(key: key, flight: flight, policy: policy, isRefresh: true), load)
    } publish: { [self] in
      publish($0, key, policy)
    }
    if isNew { counters.refreshes.add(1, ordering: .relaxed) }
  }
}
