import Synchronization

extension CacheService {
  public func mget<Value: Codable & Sendable>(_ keys: [CacheKey], as type: Value.Type) async -> [Value?] {
    var values: [Value?] = []
    for key in keys { values.append(await get(key, as: type)) }
    return values
  }

  public func mset<Value: Codable & Sendable>(
    _ values: [(key: CacheKey, value: Value)], policy: CachePolicy
  ) async throws {
    for (key, value) in values { try await set(key, to: value, policy: policy) }
  }

  public func getOrSetMany<Value: Codable & Sendable>(
    _ keys: [CacheKey], as type: Value.Type, policy: CachePolicy,
    load: @escaping @Sendable ([CacheKey]) async throws -> [CacheKey: Loaded<Value>]
  ) async throws -> [CacheKey: Cached<Value>] {
    var found: [CacheKey: CacheEntry] = [:]
    var joined: [Boarding] = []
    var own: [Boarding] = []
    var unshared: [CacheKey: FenceStamp] = [:]
    for key in Set(keys) {
      let stamp = generations.stamp(key.tags)
      if let entry = valid(key) {
        found[key] = entry
      } else if stamp.isInDoubt {
        unshared[key] = stamp
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
        flights.loads.add(1, ordering: .relaxed)
        let loaded = try await load(Array(unshared.keys))
        for (key, stamp) in unshared { found[key] = try encode(loaded[key], stamp: stamp, policy: policy) }
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

  /// Runs one load for all keys that nobody else is loading. It goes on when its callers have gone: others may have
  /// joined any part of it.
  private func start<Value: Codable & Sendable>(
    _ boardings: [Boarding], policy: CachePolicy,
    load: @escaping @Sendable ([CacheKey]) async throws -> [CacheKey: Loaded<Value>]
  ) {
    flights.loads.add(1, ordering: .relaxed)
    Task {
      let loaded: Result<[CacheKey: Loaded<Value>], any Error>
      do { loaded = .success(try await load(boardings.map(\.key))) } catch { loaded = .failure(error) }
      for boarding in boardings {
        let outcome = Result {
          try landing(try loaded.get()[boarding.key], stamp: boarding.flight.stamp, policy: policy)
        }
        flights.land(boarding.key, boarding.flight, outcome) { publish($0, boarding.key) }
      }
    }
  }

  private func wait(_ boarding: Boarding) async throws -> CacheEntry {
    do {
      return try await flights.wait(boarding.key, boarding.flight, boarding.caller)
    } catch let error where !(error is CancellationError) {
      guard let entry = stale(boarding.key) else { throw error }
      staleServes.add(1, ordering: .relaxed)
      return entry
    }
  }
}
