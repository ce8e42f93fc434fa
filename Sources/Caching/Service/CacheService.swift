public import Kernel
import NIOCore
import Synchronization

/// The cache: a bounded tier in memory in front of the loads, and a shared store for counters.
public final class CacheService: CacheServicePort {
  /// What the tier in memory may hold.
  public struct Limits: Sendable {
    /// Most entries.
    public var entries: Int
    /// Most bytes of bodies and bookkeeping.
    public var bytes: Int

    /// The defaults are those of the settings.
    public init(entries: Int = 100_000, bytes: Int = 256 << 20) {
      self.entries = entries
      self.bytes = bytes
    }
  }

  let local: BoundedTable<CacheEntry>
  let generations = Generations()
  let flights: SingleFlight
  private let store: any CacheStorePort
  let staleServes = Atomic<Int>(0)
  let refreshes = Atomic<Int>(0)
  private let ticker: any Ticker
  private let gzip = GzipEncoder()

  /// A cache over a shared store.
  /// - Parameter ticker: counts time to live.
  public init(store: any CacheStorePort, limits: Limits = Limits(), ticker: any Ticker = SystemClock()) {
    self.store = store
    self.ticker = ticker
    local = BoundedTable(.init(entries: limits.entries, bytes: limits.bytes))
    flights = SingleFlight(generations: generations)
  }

  /// An entry that is due for a refresh is left to ``getOrSet(_:as:policy:load:)``, which can start one.
  public func peek(_ key: CacheKey) -> CacheEntry? {
    guard let entry = valid(key, countsMiss: false), !isDue(entry) else { return nil }
    return entry
  }

  public func get<Value: Codable & Sendable>(_ key: CacheKey, as type: Value.Type) async -> Value? {
    guard let entry = valid(key), !entry.isAbsent else { return nil }
    // The only failure is bytes of another type: for this caller the value is not there.
    return try? Cached<Value>(entry).value()
  }

  public func ttl(_ key: CacheKey) async -> RemainingTime {
    guard let entry = valid(key, countsMiss: false), !entry.isAbsent else { return .absent }
    guard entry.life.freshUntil != .max else { return .forever }
    let now = ticker.nanoseconds()
    return .expires(in: .nanoseconds(Int64(clamping: entry.life.freshUntil - min(now, entry.life.freshUntil))))
  }

  public func set<Value: Codable & Sendable>(_ key: CacheKey, to value: Value, policy: CachePolicy) async throws {
    let stamp = generations.stamp(key.tags)
    let entry = try encode(Loaded(value), stamp: stamp, policy: policy)
    flights.detach(key)
    // A change is under way: the value may be of before it.
    publish(stamp.isInDoubt ? nil : entry, key)
  }

  public func del(_ keys: [CacheKey]) async {
    for key in keys {
      flights.detach(key)
      local.remove(key)
    }
  }

  public func flush(_ pattern: CachePattern) async -> Int {
    flights.detach(where: pattern.matches)
    return local.removeAll(where: pattern.matches)
  }

  public func change<Result: Sendable>(
    _ tags: [CacheTag], _ body: @Sendable () async throws -> CacheChange<Result>
  ) async throws -> Result {
    generations.raiseDoubt(tags)
    var changed = true
    defer { generations.settleDoubt(tags, changed: changed) }
    switch try await body() {
    case .committed(let result): return result
    case .unchanged(let result):
      changed = false
      return result
    }
  }

  public func invalidate(_ tags: [CacheTag]) async { generations.bump(tags) }

  public func incr(_ key: CacheKey, by amount: Int, timeToLive: Duration?) async -> Int? {
    do { return try await store.increment(key, by: amount, timeToLive: timeToLive) } catch { return nil }
  }

  public func isConnected() async -> Bool { await store.isConnected() }

  public func getStats() -> CacheStats {
    let table = local.statistics
    return CacheStats(
      hits: table.hits, misses: table.misses, keys: table.entries, bytes: table.bytes, evictions: table.evictions,
      loads: flights.loads.load(ordering: .relaxed), coalesced: flights.coalesced.load(ordering: .relaxed),
      staleServes: staleServes.load(ordering: .relaxed), refreshes: refreshes.load(ordering: .relaxed))
  }

  /// Stores what a load brought, or removes what it no longer brings.
  func publish(_ entry: CacheEntry?, _ key: CacheKey) {
    guard let entry else {
      local.remove(key)
      return
    }
    local.set(
      key, entry, cost: entry.cost(under: key), expiresAt: entry.life.expiresAt, now: ticker.nanoseconds())
  }

  /// The entry of a key if it is fresh and nothing of it has changed.
  func valid(_ key: CacheKey, countsMiss: Bool = true) -> CacheEntry? {
    entry(key, countsMiss: countsMiss) { $0.freshUntil > $1 }
  }

  /// The entry of a key also past its time, if that is within its grace and nothing of it has changed.
  func stale(_ key: CacheKey) -> CacheEntry? {
    entry(key, countsMiss: false) { $0.expiresAt > $1 }
  }

  private func entry(
    _ key: CacheKey, countsMiss: Bool, isServed: (EntryLife, UInt64) -> Bool
  ) -> CacheEntry? {
    let now = ticker.nanoseconds()
    return local.value(key, countsMiss: countsMiss) { entry in
      guard entry.life.expiresAt > now else { return .stale }
      if generations.isCurrent(entry.stamp) { return isServed(entry.life, now) ? .valid : .withheld }
      // While a change is under way it may still turn out that nothing was changed.
      return generations.stamp(entry.stamp.tags).isInDoubt ? .withheld : .stale
    }
  }
}

extension CacheService {
  func encode<Value>(_ loaded: Loaded<Value>?, stamp: FenceStamp, policy: CachePolicy) throws -> CacheEntry {
    let body = try loaded.map { try CacheCodec.encode($0.value) } ?? ByteBuffer()
    let now = ticker.nanoseconds()
    return CacheEntry(
      body: body, gzip: body.readableBytes >= policy.compressionThreshold ? gzip.compress(body) : nil,
      entityTag: EntityTag(of: body), isAbsent: loaded == nil, value: policy.keepsValue ? loaded?.value : nil,
      stamp: stamp,
      life: loaded.map { EntryLife(from: now, known: $0.timeToLive, policy) } ?? EntryLife(ofAbsenceFrom: now, policy))
  }

  /// Whether an entry is so near its end that it should be loaded anew.
  func isDue(_ entry: CacheEntry) -> Bool { entry.life.refreshAt <= ticker.nanoseconds() }
}
