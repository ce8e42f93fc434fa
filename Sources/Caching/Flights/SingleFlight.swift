import Synchronization

/// One load per key and generation: callers that ask while a load runs wait for it instead of starting another.
///
/// A caller joins only a load that began under the generations that still hold, so nobody who asks after a change is
/// given what was read before it. A cancelled caller returns at once; the load is cancelled when the last has gone.
final class SingleFlight: Sendable {
  private struct Keys {
    var flights: [CacheKey: Flight] = [:]
    /// Keys of which somebody wants to know what happens to them: how many do, how often they were detached or stored
    /// anew, and how often detached.
    var watched: [CacheKey: (holders: Int, removals: UInt64, detachments: UInt64)] = [:]
    /// Keys that this instance has stored, of which the shared store will tell, and until when that is waited for.
    var echoes: [CacheKey: UInt64] = [:]

    subscript(key: CacheKey) -> Flight? {
      get { flights[key] }
      set { flights[key] = newValue }
    }

    /// Where there is no room, the word costs the look that every other costs.
    mutating func expectEcho(_ key: CacheKey, now: UInt64) {
      if echoes.count >= SingleFlight.mostEchoes { echoes = echoes.filter { $0.value > now } }
      if echoes.count < SingleFlight.mostEchoes { echoes[key] = now.addingSaturated(SingleFlight.echoLimit.ticks) }
    }

    mutating func detach(_ key: CacheKey) {
      flights[key] = nil
      watched[key]?.removals += 1
      watched[key]?.detachments += 1
    }
  }

  private final class Shard: Sendable {
    let flights = Mutex(Keys())
  }

  /// How many are waited for in each shard, and how long.
  private static let mostEchoes = 256
  private static let echoLimit = Duration.seconds(3)

  private let shards = (0..<16).map { _ in Shard() }
  private let generations: Generations
  let environment: CacheEnvironment
  /// Odd while the store tells of what is written there; see ``tells(_:)``.
  private let telling = Atomic<Int>(0)
  /// Callers that waited for another's load.
  let coalesced = Atomic<Int>(0)

  init(generations: Generations, environment: CacheEnvironment = CacheEnvironment()) {
    self.generations = generations
    self.environment = environment
  }

  /// The result of the load of `key` that is under way, or of `load` when there is none.
  /// - Parameters:
  ///   - patience: how long this caller waits.
  ///   - publish: called with what is to be stored, or with nil where nothing is to be kept and an older entry must
  ///     go; not called when the key was changed or removed meanwhile.
  func run(
    _ key: CacheKey, stamp: FenceStamp, patience: Patience = Patience(),
    load: @escaping @Sendable (Flight) async throws -> Flight.Landing,
    publish: @escaping @Sendable (CacheEntry?) -> Void
  ) async throws -> CacheEntry {
    let (flight, caller, isNew) = board(key, stamp: stamp)
    if isNew {
      flight.attach(takeOff(key, flight, load: load, publish: publish))
    } else {
      coalesced.add(1, ordering: .relaxed)
    }
    let timer = startTimer(key, flight, caller, patience)
    defer { timer?.cancel() }
    return try await wait(key, flight, caller)
  }

  /// Starts `load` with nobody waiting for it, unless a load of `key` is under way; tells whether it did.
  func runInBackground(
    _ key: CacheKey, stamp: FenceStamp, load: @escaping @Sendable (Flight) async throws -> Flight.Landing,
    publish: @escaping @Sendable (CacheEntry?) -> Void
  ) -> Bool {
    let (flight, caller, isNew) = board(key, stamp: stamp)
    // The seat of a flight that is new is kept, so that callers who join and leave cannot cancel it.
    if isNew { _ = takeOff(key, flight, load: load, publish: publish) } else { leave(key, flight, caller) }
    return isNew
  }

  private func takeOff(
    _ key: CacheKey, _ flight: Flight, load: @escaping @Sendable (Flight) async throws -> Flight.Landing,
    publish: @escaping @Sendable (CacheEntry?) -> Void
  ) -> Task<Void, Never> {
    environment.start { [self] in
      let outcome: Result<Flight.Landing, any Error>
      do { outcome = .success(try await load(flight)) } catch { outcome = .failure(error) }
      land(key, flight, outcome, publish: publish)
    }
  }

  /// A seat in the flight of `key`, made for the caller when there is none. Whoever gets a new one must ``land`` it.
  func board(_ key: CacheKey, stamp: FenceStamp) -> (flight: Flight, caller: Int, isNew: Bool) {
    shard(key).flights.withLock { flights in
      if let flight = flights[key], generations.isCurrent(flight.stamp) { return (flight, flight.board(), false) }
      let flight = Flight(stamp: stamp)
      flights[key] = flight
      return (flight, flight.board(), true)
    }
  }

  /// Suspends a caller until its flight lands or the caller is cancelled.
  func wait(_ key: CacheKey, _ flight: Flight, _ caller: Int) async throws -> CacheEntry {
    try await withTaskCancellationHandler {
      try await flight.wait(caller)
    } onCancel: {
      leave(key, flight, caller)
    }
  }

  /// Ends a flight: stores what may be stored and gives every caller the outcome.
  func land(
    _ key: CacheKey, _ flight: Flight, _ outcome: Result<Flight.Landing, any Error>,
    publish: (CacheEntry?) -> Void
  ) {
    if case .success = outcome { generations.reveal(key.tags) }
    shard(key).flights.withLock { flights in
      guard flights[key] === flight else { return }
      flights[key] = nil
      if case .success(let landing) = outcome, generations.isCurrent(flight.stamp) {
        let entry = flight.overtakings > 0 ? landing.entry.ending(at: environment.ticker.nanoseconds()) : landing.entry
        publish(landing.isKept ? entry : nil)
      }
    }
    flight.land(outcome.map(\.entry))
  }

  /// Whether what a flight brings may be stored: its key has not been removed, and somebody waits for it.
  func holds(_ key: CacheKey, _ flight: Flight) -> Bool { shard(key).flights.withLock { $0[key] === flight } }

  /// Keeps the loads of matching keys that are under way from being stored. Their callers are still answered.
  func detach(where isIncluded: (CacheKey) -> Bool) {
    for shard in shards {
      shard.flights.withLock { keys in
        for key in Set(keys.flights.keys).union(keys.watched.keys) where isIncluded(key) { keys.detach(key) }
      }
    }
  }

  /// Keeps the load of one key from being stored.
  func detach(_ key: CacheKey) {
    shard(key).flights.withLock { $0.detach(key) }
  }

  /// The shared store tells that something was written under a key: what the load that is under way brings is kept as one
  /// that must be compared with the store, and copies that are under way are not kept. False where that was this instance's
  /// own store (see ``stored(_:_:since:isTold:)``), from which nothing follows.
  func overtake(_ key: CacheKey) -> Bool {
    let now = environment.ticker.nanoseconds()
    return shard(key).flights.withLock { keys in
      if let end = keys.echoes.removeValue(forKey: key), now < end { return false }
      keys[key]?.overtake()
      keys.watched[key]?.removals += 1
      return true
    }
  }

  /// The same for every key: anything may have been written.
  func overtakeAll() {
    for shard in shards {
      shard.flights.withLock { keys in
        for flight in keys.flights.values { flight.overtake() }
        for key in keys.watched.keys { keys.watched[key]?.removals += 1 }
      }
    }
  }

  /// The store begins to tell of what is written there, or ends.
  func tells(_ isTelling: Bool) {
    // Another number each time, odd while it tells: what was stored before is not told of any more.
    let last = telling.load(ordering: .acquiring)
    telling.store(last + (last & 1 == (isTelling ? 1 : 0) ? 2 : 1), ordering: .releasing)
    for shard in shards { shard.flights.withLock { $0.echoes = [:] } }
  }

  /// A moment before something is stored.
  struct StoreMark: Sendable {
    fileprivate let overtakings: Int
    fileprivate let telling: Int
  }

  /// What a flight has brought is to be stored now.
  func storing(_ key: CacheKey, _ flight: Flight) -> StoreMark {
    shard(key).flights.withLock { keys in
      keys.echoes[key] = nil
      return StoreMark(overtakings: flight.overtakings, telling: telling.load(ordering: .acquiring))
    }
  }

  /// It has been stored. Copies that are under way may be of what was there before, and are not kept.
  ///
  /// The store tells all who listen, this instance too, and does not say by whom: the one word that has come since `mark` is
  /// taken for that, else the next that comes soon. Whatever others write a moment before or after is another word. Only what
  /// the store did in the same turn of its own is told in one: a key deleted there right after it was stored stays in memory
  /// for as long as without the store's telling.
  /// - Parameter isTold: whether the store is asked to tell of the key.
  func stored(_ key: CacheKey, _ flight: Flight, since mark: StoreMark, isTold: Bool) {
    let now = environment.ticker.nanoseconds()
    shard(key).flights.withLock { keys in
      keys.watched[key]?.removals += 1
      // Where it was silent meanwhile, nobody knows what else was written.
      guard isTold, keys[key] === flight, mark.telling & 1 == 1, mark.telling == telling.load(ordering: .acquiring)
      else { return }
      switch flight.overtakings - mark.overtakings {
      case 0: keys.expectEcho(key, now: now)
      case 1: flight.dismissOvertaking()
      default: break
      }
    }
  }

  /// How often a key was detached, to be noted before its value is read or written elsewhere and then kept here. To be
  /// followed by ``unwatch(_:)``.
  func watch(_ key: CacheKey) -> UInt64 {
    shard(key).flights.withLock { keys in
      keys.watched[key, default: (0, 0, 0)].holders += 1
      return keys.watched[key]?.removals ?? 0
    }
  }

  func unwatch(_ key: CacheKey) {
    shard(key).flights.withLock { keys in
      keys.watched[key]?.holders -= 1
      if keys.watched[key]?.holders == 0 { keys.watched[key] = nil }
    }
  }

  /// How often a watched key was detached.
  func detachments(_ key: CacheKey) -> UInt64 { shard(key).flights.withLock { $0.watched[key]?.detachments ?? 0 } }

  /// Calls `publish` if a watched key was neither detached nor stored anew since `removals` was noted.
  func keep(_ key: CacheKey, since removals: UInt64, publish: () -> Void) {
    shard(key).flights.withLock { keys in if keys.watched[key]?.removals == removals { publish() } }
  }

  /// Puts a value in the place of what loads and copies of a watched key would bring. `publish` is told whether the key was
  /// not detached since `removals` was noted.
  func replace(_ key: CacheKey, since removals: UInt64, publish: (_ isCurrent: Bool) -> Void) {
    shard(key).flights.withLock { keys in
      let isCurrent = keys.watched[key]?.removals == removals
      keys.detach(key)
      publish(isCurrent)
    }
  }

  /// Gives up a caller's seat; the load is cancelled with its last caller.
  func leave(_ key: CacheKey, _ flight: Flight, _ caller: Int, _ reason: any Error = CancellationError()) {
    let orphan = shard(key).flights.withLock { flights in
      let orphan = flight.leave(caller, reason)
      if orphan != nil, flights[key] === flight { flights[key] = nil }
      return orphan
    }
    orphan?.cancel()
  }

  private func shard(_ key: CacheKey) -> Shard { shards[key.precomputedHash & 15] }
}
