import Synchronization

/// The way of one flight through the tiers: the shared store, the claim to load for all instances, the load itself, and
/// back.
extension CacheService {
  /// The value of a key from the shared store, or from its load.
  func fetch<Value: Codable & Sendable>(
    _ way: Way<Value>, _ load: @escaping @Sendable () async throws -> Loaded<Value>?
  ) async throws -> Flight.Landing {
    // Only behind a fence is it known what a replica must have seen.
    let (bare, load) = (load, { @Sendable [self] in try await counted(seeing: nil, load) })
    // A read that neither looks nor stores has no business with the store.
    guard let shared, !(way.policy.skipsRead && way.policy.skipsWrite) else {
      return try landing(try await load(), stamp: way.stamp, policy: way.policy)
    }
    guard let finding = await find([way.key], way.policy)?[way.key] else { return try await keepUnfenced(way, load) }
    if !way.policy.skipsRead, let landing = take(finding, way) { return landing }
    guard !finding.fence.isInDoubt else { return try await keepInDoubt(finding, way, load) }
    guard shared.options.locksLoads, !way.policy.skipsRead else { return try await keepFenced(finding, way, bare) }
    let claim = shared.claim(way.key, finding.fence)
    switch try await turn(claim, finding, way) {
    case .found(let landing): return landing
    case .unfenced: return try await keepUnfenced(way, load)
    case .load(let finding, let isHeld):
      defer { if isHeld { shared.release(claim) } }
      guard !finding.fence.isInDoubt else { return try await keepInDoubt(finding, way, load) }
      return try await keepFenced(finding, way, bare)
    }
  }

  /// What the shared store has for keys of one owner; nil when it is out of reach.
  func find(_ keys: [CacheKey], _ policy: CachePolicy) async -> [CacheKey: SharedFinding]? {
    await shared?.find(keys, limit: policy.softSharedLimit ?? options.readLimit, most: policy.maximumBytes)
  }

  func writeLimit(_ policy: CachePolicy) -> Duration { policy.hardSharedLimit ?? options.writeLimit }

  /// What must be bumped before the shared store is believed about some keys: their named tags, or their owner where they
  /// have none.
  func doubtful(_ keys: [CacheKey]) -> [CacheTag] {
    keys.flatMap { key in key.tagNames.isEmpty ? [.all(key.scope)] : key.tagNames.map { .named($0, key.scope) } }
  }

  /// A value that was found and may be used, or the one in memory, if the store has just confirmed its generations.
  func take<Value: Codable & Sendable>(_ finding: SharedFinding, _ way: Way<Value>) -> Flight.Landing? {
    let now = environment.ticker.nanoseconds()
    if let value = finding.value, value.life.freshUntil > now, !(way.isRefresh && value.life.refreshAt <= now),
      let decoded = decoded(value, way)
    {
      shared?.counters.hits.add(1, ordering: .relaxed)
      return Flight.Landing(
        entry: value.entry(way.stamp, value: decoded.value, life: value.life), isKept: true)
    }
    if !way.isRefresh, !finding.fence.isInDoubt, let entry = unverified(way.key) {
      return Flight.Landing(entry: entry.with(way.stamp, entry.life), isKept: true)
    }
    shared?.counters.misses.add(1, ordering: .relaxed)
    return nil
  }

  private func decoded<Value: Codable & Sendable>(
    _ value: SharedValue, _ way: Way<Value>
  ) -> (value: (any Sendable)?, Void)? {
    guard way.policy.keepsValue, !value.isAbsent else { return (nil, ()) }
    do {
      return (try CacheCodec.decode(Value.self, from: value.body), ())
    } catch {
      shared?.counters.count(.foreign)
      return nil
    }
  }

  /// One key's way through the tiers.
  struct Way<Value: Codable & Sendable>: Sendable {
    let key: CacheKey
    let flight: Flight
    let policy: CachePolicy
    /// Asks for a value that is not near its end itself.
    let isRefresh: Bool

    var stamp: FenceStamp { flight.stamp }
  }

  private enum Turn {
    case found(Flight.Landing)
    case load(SharedFinding, isHeld: Bool)
    case unfenced
  }

  /// Waits until this instance may load, or another has. Never longer than a claim lasts: a holder that died delays others
  /// by that much.
  private func turn<Value: Codable & Sendable>(
    _ claim: SharedTier.LoadClaim, _ first: SharedFinding, _ way: Way<Value>
  ) async throws -> Turn {
    guard let shared else { return .unfenced }
    let end = environment.ticker.nanoseconds().addingSaturated(options.lockLease.ticks)
    var finding = first
    var pause = Duration.milliseconds(2)
    while true {
      let isHeld = await shared.acquire(claim, limit: options.readLimit)
      guard isHeld != nil else { return .load(finding, isHeld: false) }
      if isHeld == false {
        guard environment.ticker.nanoseconds() < end else { return .load(finding, isHeld: false) }
        shared.counters.lockWaits.add(1, ordering: .relaxed)
        try await environment.sleep(pause * (0.5 + environment.fraction()))
        pause = min(pause * 2, .milliseconds(50))
      }
      // Somebody may have stored it before the claim was granted, or while this one waited.
      guard let again = await find([way.key], way.policy)?[way.key] else {
        if isHeld == true { shared.release(claim) }
        return .unfenced
      }
      if let landing = take(again, way) {
        if isHeld == true { shared.release(claim) }
        return .found(landing)
      }
      finding = again
      if isHeld == true { return .load(finding, isHeld: true) }
    }
  }
}
