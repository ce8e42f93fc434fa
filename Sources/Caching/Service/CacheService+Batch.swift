import Synchronization

extension CacheService {
  public func getOrSetMany<Value: Codable & Sendable>(
    _ keys: [CacheKey], as type: Value.Type, policy: CachePolicy,
    load: @escaping @Sendable ([CacheKey]) async throws -> [CacheKey: Loaded<Value>]
  ) async throws -> [CacheKey: Cached<Value>] {
    var found: [CacheKey: CacheEntry] = [:]
    var joined: [Boarding] = []
    var own: [Boarding] = []
    var unshared: [(key: CacheKey, stamp: FenceStamp)] = []
    for key in keys.uniqued() {
      let stamp = stamp(key)
      if !policy.skipsRead, let entry = valid(key) {
        found[key] = entry
      } else if stamp.isInDoubt {
        unshared.append((key, stamp))
      } else {
        let (flight, caller, isNew) = flights.board(key, stamp: stamp)
        let boarding = Boarding(key: key, flight: flight, caller: caller)
        if isNew { own.append(boarding) } else { joined.append(boarding) }
      }
    }
    flights.coalesced.add(joined.count, ordering: .relaxed)
    if !own.isEmpty { start(own, policy: policy, load: load) }
    var waiting = joined + own
    do {
      if !unshared.isEmpty {
        let keys = unshared.map(\.key)
        let loaded = try await counted(seeing: nil) { [keys] in try await load(keys) }
        let entries = try unshared.map { key, stamp in
          (key: key, entry: try encode(key, loaded[key], stamp: stamp, policy: policy))
        }
        await outdate(entries, policy)
        for (key, entry) in entries { found[key] = entry }
      }
      while let boarding = waiting.popLast() { found[boarding.key] = try await wait(boarding) }
    } catch {
      for boarding in waiting { flights.leave(boarding.key, boarding.flight, boarding.caller) }
      throw error
    }
    return found.compactMapValues { $0.isAbsent ? nil : Cached($0) }
  }

  /// One caller's place in the flight of one key.
  private struct Boarding: Sendable {
    let key: CacheKey
    let flight: Flight
    let caller: Int
  }

  /// Runs one load for all keys that nobody else is loading and the shared store does not have. It goes on when its
  /// callers have gone: others may have joined any part of it.
  private func start<Value: Codable & Sendable>(
    _ boardings: [Boarding], policy: CachePolicy,
    load: @escaping @Sendable ([CacheKey]) async throws -> [CacheKey: Loaded<Value>]
  ) {
    _ = environment.start { [self] in
      let findings = await findAll(boardings, policy)
      var missing: [(boarding: Boarding, way: Way<Value>)] = []
      for boarding in boardings {
        let way = Way<Value>(key: boarding.key, flight: boarding.flight, policy: policy, isRefresh: false)
        if let finding = findings[boarding.key], let landing = take(finding, way) {
          land(boarding, .success(landing), policy)
        } else {
          missing.append((boarding, way))
        }
      }
      guard !missing.isEmpty else { return }
      let keys = missing.map(\.boarding.key)
      let loaded: Result<[CacheKey: Loaded<Value>], any Error>
      let position = position(behind: keys.map { findings[$0]?.fence })
      do {
        loaded = .success(try await counted(seeing: position) { try await load(keys) })
      } catch { loaded = .failure(error) }
      let end: @Sendable (Boarding, Way<Value>) async -> Void = { [self] boarding, way in
        let outcome = await settle(findings[boarding.key], way) { try loaded.get()[boarding.key] }
        land(boarding, outcome, policy)
      }
      if case .failure = loaded {
        // In this order, since callers wait for the last one first: who has the error finds none of these flights, and may
        // try again at once.
        for (boarding, way) in missing { await end(boarding, way) }
      } else {
        await withTaskGroup(of: Void.self) { group in
          for (boarding, way) in missing { group.addTask { await end(boarding, way) } }
        }
      }
    }
  }

  /// One key of a load for several, as if it had been loaded alone.
  private func settle<Value: Codable & Sendable>(
    _ finding: SharedFinding?, _ way: Way<Value>, _ load: @Sendable () throws -> Loaded<Value>?
  ) async -> Result<Flight.Landing, any Error> {
    do {
      guard shared != nil else {
        return .success(try landing(way.key, try load(), stamp: way.stamp, policy: way.policy))
      }
      guard let finding else { return .success(try await keepUnfenced(way, load)) }
      if finding.fence.isInDoubt {
        return .success(give(try encode(way.key, try load(), stamp: way.stamp, policy: way.policy), way, finding))
      }
      return .success(try await keepCounted(finding, way, load))
    } catch {
      return .failure(error)
    }
  }

  /// What a replica must have replayed for one load behind several fences; nil when only the primary will do.
  private func position(behind fences: [SharedFence?]) -> UInt64? {
    let positions = fences.compactMap { $0.flatMap { $0.isInDoubt ? nil : $0.position } }
    return positions.count == fences.count ? positions.max() : nil
  }

  private func findAll(_ boardings: [Boarding], _ policy: CachePolicy) async -> [CacheKey: SharedFinding] {
    var findings: [CacheKey: SharedFinding] = [:]
    guard shared != nil else { return findings }
    for boardings in boardings.grouped(by: \.key.scope) {
      guard let found = await look(boardings.map { ($0.key, $0.flight) }, policy) else {
        shared?.suspect(boardings.flatMap(\.key.suspectTags))
        continue
      }
      for finding in found.values { generations.bump(finding.fence.doubtful) }
      findings.merge(found) { $1 }
    }
    return findings
  }

  private func land(_ boarding: Boarding, _ outcome: Result<Flight.Landing, any Error>, _ policy: CachePolicy) {
    flights.land(boarding.key, boarding.flight, outcome) { publish($0, boarding.key, policy) }
  }

  private func wait(_ boarding: Boarding) async throws -> CacheEntry {
    do {
      return try await flights.wait(boarding.key, boarding.flight, boarding.caller)
    } catch let error where !(error is CancellationError) {
      guard let entry = stale(boarding.key) else { throw error }
      counters.staleServes.add(1, ordering: .relaxed)
      return entry
    }
  }
}
