import Synchronization

/// The three kinds of load behind the shared store, and what is kept of each.
extension CacheService {
  /// Loads behind a fence, from a replica if one has seen what the fence tells of, and keeps the value.
  func keepFenced<Value: Codable & Sendable>(
    _ finding: SharedFinding, _ way: Way<Value>, isClaimed: Bool = false,
    _ load: @Sendable () async throws -> Loaded<Value>?
  ) async throws -> Flight.Landing {
    try await keepCounted(finding, way, isClaimed: isClaimed) {
      try await counted(seeing: finding.fence.position, load)
    }
  }

  /// Stores what a load behind a fence brings for all while the fence holds. The caller counts the load.
  /// - Parameter isClaimed: whether others who would load wait until this is stored.
  func keepCounted<Value: Codable & Sendable>(
    _ finding: SharedFinding, _ way: Way<Value>, isClaimed: Bool = false,
    _ load: @Sendable () async throws -> Loaded<Value>?
  ) async throws -> Flight.Landing {
    _ = flights.watch(way.key)
    let detachments = flights.detachments(way.key)
    defer { flights.unwatch(way.key) }
    let serial = shared?.state.withLock(\.outrun.lastSerial) ?? 0
    let landing: Flight.Landing
    do {
      landing = try self.landing(way.key, try await load(), stamp: way.stamp, policy: way.policy)
    } catch let error where !(error is CancellationError) {
      return try stale(finding, way, error)
    }
    // The last caller has gone, or the key was removed.
    try Task.checkCancellation()
    guard landing.isKept, fits(landing.entry, way.policy), let shared else { return landing }
    let isRemoved = flights.detachments(way.key) != detachments
    guard flights.holds(way.key, way.flight) || (isClaimed && !isRemoved) else {
      // Removed, or overtaken by a load that began later and may have ended earlier: what that one left in memory may be
      // older than what this one brings.
      await forgetChanged(way)
      shared.outran(landing.entry, way.key)
      return landing
    }
    let mark = flights.storing(way.key, way.flight)
    switch await shared.publish(way.key, landing.entry, finding.fence, limit: writeLimit(way.policy)) {
    case true?:
      flights.stored(way.key, way.flight, since: mark, isTold: deletions?.tells(of: way.key) == true)
      shared.state.withLock { $0.outrun.caughtUp(way.key, from: serial) }
      // Removed between the look above and now: then the store must not have it either. Where it was only overtaken, the
      // fence says that what was stored holds.
      if flights.detachments(way.key) != detachments {
        await del([way.key])
      } else if !flights.holds(way.key, way.flight) {
        generations.bump(way.key.suspectTags)
      }
      return landing
    case false?:
      // A tag has changed, or is about to. What was loaded may be newer than what this instance has in memory under the
      // same tags: those go before anybody is given it.
      await forgetChanged(way)
      shared.outran(landing.entry, way.key)
    case nil:
      try Task.checkCancellation()
      shared.suspect(way.key.suspectTags)
      return leased(landing, way, from: environment.ticker.nanoseconds())
    }
    return Flight.Landing(entry: landing.entry, isKept: false)
  }

  /// Loads while a change of some tags may be under way elsewhere. The value is of before or after it: it is given to those
  /// who wait and kept nowhere, and what this instance has in memory under those tags is not served after it.
  func keepInDoubt<Value: Codable & Sendable>(
    _ finding: SharedFinding, _ way: Way<Value>, _ load: @escaping @Sendable () async throws -> Loaded<Value>?
  ) async throws -> Flight.Landing {
    generations.bump(finding.fence.doubtful)
    return give(
      try await doubtLoads.run(way.key, stamp: way.stamp) { [self] in
        try encode(way.key, try await load(), stamp: way.stamp, policy: way.policy)
      }, way, finding)
  }

  /// What was loaded while a change of some tags may be under way elsewhere.
  func give<Value: Codable & Sendable>(_ entry: CacheEntry, _ way: Way<Value>, _ finding: SharedFinding)
    -> Flight.Landing
  {
    // A load that began later may have ended earlier, and left something older.
    generations.bump(finding.fence.doubtful)
    shared?.outran(entry, way.key)
    return Flight.Landing(entry: entry, isKept: false)
  }

  /// Loads without the shared store. Nothing under the key's tags is read from there until they have been bumped, since
  /// what is loaded now may be newer; in memory the value lives on the lease.
  func keepUnfenced<Value: Codable & Sendable>(
    _ way: Way<Value>, _ load: @Sendable () async throws -> Loaded<Value>?
  ) async throws -> Flight.Landing {
    // Nobody will be given what is loaded, so there is nothing to tell the store.
    try Task.checkCancellation()
    let start = environment.ticker.nanoseconds()
    let tags = way.key.suspectTags
    // The lease may have begun since the caller looked.
    if !way.isRefresh, trust.isLeased, let entry = valid(way.key, countsMiss: false) {
      return Flight.Landing(entry: entry, isKept: true)
    }
    shared?.suspect(tags)
    let landing = try landing(way.key, try await load(), stamp: way.stamp, policy: way.policy)
    shared?.suspect(tags)
    // Removed or overtaken, as above; the store cannot be asked.
    if !flights.holds(way.key, way.flight) { local.remove(way.key) }
    return leased(landing, way, from: start)
  }

  /// What was loaded without the store's knowledge: kept in memory, on the lease.
  private func leased<Value: Codable & Sendable>(
    _ landing: Flight.Landing, _ way: Way<Value>, from start: UInt64
  ) -> Flight.Landing {
    let life = landing.entry.life.shortened(to: trust.lease.ticks, from: start)
    return Flight.Landing(entry: landing.entry.with(way.stamp, life), isKept: landing.isKept)
  }

  /// A value past its time in place of a load that failed, or the failure. Kept, past its time as it is, so that it can still
  /// be served when the store is gone as well.
  private func stale<Value: Codable & Sendable>(
    _ finding: SharedFinding, _ way: Way<Value>, _ error: any Error
  ) throws -> Flight.Landing {
    guard let value = finding.value, value.life.expiresAt > environment.ticker.nanoseconds(),
      generations.isCurrent(way.stamp)
    else { throw error }
    counters.staleServes.add(1, ordering: .relaxed)
    return Flight.Landing(entry: value.entry(way.key, way.stamp), isKept: true)
  }

  private func forgetChanged<Value: Codable & Sendable>(_ way: Way<Value>) async {
    // Learns the new generations, which drops what was kept under the old ones.
    if let fence = await find([way.key], way.policy)?[way.key]?.fence { return generations.bump(fence.doubtful) }
    generations.bump(way.key.suspectTags)
  }
}
