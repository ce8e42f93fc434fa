import Synchronization

/// The way of one flight through the tiers: the shared store, the claim to load for all instances, the load itself, and
/// back.
extension CacheService {
  /// The value of a key from the shared store, or from its load.
  /// - Parameter seen: what was seen of the store after the flight's generations were noted, if that has been looked at.
  func fetch<Value: Codable & Sendable>(
    _ way: Way<Value>, seen: Seen? = nil, _ load: @escaping @Sendable () async throws -> Loaded<Value>?
  ) async throws -> Flight.Landing {
    // Only behind a fence is it known what a replica must have seen.
    let (bare, load) = (load, { @Sendable [self] in try await counted(seeing: nil, load) })
    // A read that neither looks nor stores has no business with the store.
    guard let shared, !(way.policy.skipsRead && way.policy.skipsWrite) else {
      return try landing(way.key, try await load(), stamp: way.stamp, policy: way.policy)
    }
    let found: SharedFinding?
    if let seen, !hasMoved(way.stamp) { found = seen.finding } else { found = await look(way) }
    guard let finding = found else { return try await keepUnfenced(way, load) }
    if !way.policy.skipsRead, let landing = take(finding, way) { return landing }
    guard !finding.fence.isInDoubt else { return try await keepInDoubt(finding, way, load) }
    guard shared.options.locksLoads, !way.policy.skipsRead else { return try await keepFenced(finding, way, bare) }
    switch try await turn(finding, way) {
    case .found(let landing): return landing
    case .unfenced: return try await keepUnfenced(way, load)
    case .load(let finding, let claim):
      defer { if let claim { shared.release(claim) } }
      guard !finding.fence.isInDoubt else { return try await keepInDoubt(finding, way, load) }
      return try await keepFenced(finding, way, isClaimed: claim != nil, bare)
    }
  }

  /// What the shared store has for keys of one owner; nil when it is out of reach.
  func find(_ keys: [CacheKey], _ policy: CachePolicy) async -> [CacheKey: SharedFinding]? {
    await shared?.find(
      keys, limit: policy.softSharedLimit ?? options.readLimit, most: policy.maximumBytes, known: renewable)
  }

  /// What the shared store has for flights that have not begun to load, each under the generations noted before the look.
  /// A look that learns of a change itself is followed by another, or what comes of it could be neither joined nor kept.
  func look(
    _ waiting: [(key: CacheKey, flight: Flight)], _ policy: CachePolicy
  ) async -> [CacheKey: SharedFinding]? {
    var tries = 3
    while true {
      tries -= 1
      for (key, flight) in waiting {
        let stamp = stamp(key)
        // While a change is under way here, the flight goes on as what began before it.
        if !stamp.isInDoubt { flight.renew(stamp) }
      }
      let found = await find(waiting.map(\.key), policy)
      guard tries > 0, found != nil, waiting.contains(where: { hasMoved($0.flight.stamp) }) else { return found }
    }
  }

  private func hasMoved(_ stamp: FenceStamp) -> Bool {
    !generations.isCurrent(stamp) && !generations.stamp(stamp.tags).isInDoubt
  }

  private func look<Value: Codable & Sendable>(_ way: Way<Value>) async -> SharedFinding? {
    await look([(way.key, way.flight)], way.policy)?[way.key]
  }

  func writeLimit(_ policy: CachePolicy) -> Duration { policy.hardSharedLimit ?? options.writeLimit }

  /// A value that was found and may be used, or the one in memory, if the store has just confirmed its generations.
  func take<Value: Codable & Sendable>(_ finding: SharedFinding, _ way: Way<Value>) -> Flight.Landing? {
    if let entry = use(finding, way.key, way.stamp, way.policy, as: Value.self, isRefresh: way.isRefresh) {
      return Flight.Landing(entry: entry, isKept: true)
    }
    if !way.isRefresh, !finding.fence.isInDoubt, let entry = unverified(way.key) {
      return Flight.Landing(entry: entry.with(way.stamp, entry.life), isKept: true)
    }
    shared?.counters.misses.add(1, ordering: .relaxed)
    return nil
  }

  /// A look at the shared store: what it had; nil when it was out of reach.
  struct Seen: Sendable {
    let finding: SharedFinding?
  }

  /// A look at the shared store without a flight, for a cache that keeps nothing in memory: where nothing is to be kept,
  /// readers need not wait for each other. nil for every other cache.
  func read(_ key: CacheKey, _ policy: CachePolicy) async -> Seen? {
    guard let shared, shared.isOnlyTier, !policy.skipsRead else { return nil }
    return Seen(
      finding: await shared.find(
        key, limit: policy.softSharedLimit ?? options.readLimit, most: policy.maximumBytes))
  }

  /// A value that was found, if it may be used.
  /// - Parameter isRefresh: passes over a value that is near its end.
  func use<Value: Codable & Sendable>(
    _ finding: SharedFinding, _ key: CacheKey, _ stamp: FenceStamp, _ policy: CachePolicy, as type: Value.Type,
    isRefresh: Bool = false
  ) -> CacheEntry? {
    let now = environment.ticker.nanoseconds()
    guard let shared, let value = finding.value, value.isFresh(now),
      !(isRefresh && value.life.refreshAt <= now)
    else { return nil }
    var decoded: Value?
    if policy.keepsValue, !value.isAbsent, !(value.decoded is Value) {
      do {
        decoded =
          shared.isOnlyTier
          ? try shared.decoded.value(of: value.body, value.entityTag) : try CacheCodec.decode(type, from: value.body)
      } catch {
        shared.counters.count(.foreign)
        return nil
      }
    }
    shared.counters.hits.add(1, ordering: .relaxed)
    return value.entry(key, stamp, value: decoded)
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
    /// With the claim to give back, if it was granted.
    case load(SharedFinding, SharedTier.LoadClaim?)
    case unfenced
  }

  /// Waits until this instance may load, or another has. Never longer than a claim lasts: a holder that died delays others
  /// by that much.
  private func turn<Value: Codable & Sendable>(_ first: SharedFinding, _ way: Way<Value>) async throws -> Turn {
    guard let shared else { return .unfenced }
    let end = environment.ticker.nanoseconds().addingSaturated(options.lockLease.ticks)
    var finding = first
    var claim = shared.claim(way.key, finding.fence)
    var pause = Duration.milliseconds(2)
    while true {
      guard let isHeld = await shared.acquire(claim, limit: options.readLimit) else {
        // It may have been granted all the same, and the caller may be gone: others are not to wait for nobody.
        shared.release(claim)
        return .load(finding, nil)
      }
      if !isHeld {
        guard environment.ticker.nanoseconds() < end else { return .load(finding, nil) }
        shared.counters.lockWaits.add(1, ordering: .relaxed)
        try await environment.sleep(pause * (0.5 + environment.fraction()))
        pause = min(pause * 2, .milliseconds(50))
      }
      // Somebody may have stored it before the claim was granted, or while this one waited.
      guard let again = await look(way) else {
        if isHeld { shared.release(claim) }
        return .unfenced
      }
      if let landing = take(again, way) {
        if isHeld { shared.release(claim) }
        return .found(landing)
      }
      let isSame = again.fence.guards == finding.fence.guards
      finding = again
      let isLast = isSame || again.fence.isInDoubt || environment.ticker.nanoseconds() >= end
      if isHeld, isLast { return .load(finding, claim) }
      // A claim holds for its generations: who asks under others would load too.
      if isHeld { shared.release(claim) }
      if !isSame { claim = shared.claim(way.key, finding.fence) }
    }
  }
}
