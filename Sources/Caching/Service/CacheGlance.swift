import Synchronization

/// One key of a cache over a store that instances share, to be looked for again and again, without a task.
///
/// A look finds what ``CacheServicePort/getOrSet(_:as:policy:load:)`` would return at that moment, and nothing where that would
/// do more than return it: load, wait for a change, make a generation, do without the store. Where entries are kept in memory
/// it is a way to renew one that has been there for as long as it may without the store's word; what memory does not have at
/// all is not looked for, since it often is not in the store either.
public final class CacheGlance: Sendable {
  /// What became of the renewal that nobody waits for.
  private enum Renewal: UInt8, AtomicRepresentable {
    case none
    case begun
    /// The store has nothing newer: the value must be loaded.
    case vain
  }

  private let service: CacheService
  private let tier: SharedTier
  private let key: CacheKey
  private let tags: [CacheTag]
  private let policy: CachePolicy
  private let limit: Duration
  private let read: RepeatedRead
  private let renewal = Atomic(Renewal.none)

  init(_ service: CacheService, _ tier: SharedTier, _ key: CacheKey, _ policy: CachePolicy, _ read: RepeatedRead) {
    self.service = service
    self.tier = tier
    self.key = key
    self.policy = policy
    self.read = read
    tags = key.cacheTags
    limit = policy.softSharedLimit ?? tier.options.readLimit
  }

  /// The entry in memory, without suspending; also one that is due to be renewed, which is begun then. nil when it is not
  /// there, is an absence, or must be loaded.
  public func peek() -> CacheEntry? {
    guard service.keepsEntries, let entry = service.valid(key, countsMiss: false), !entry.isAbsent else { return nil }
    guard service.isDue(entry) else { return entry }
    switch renewal.compareExchange(expected: .none, desired: .begun, ordering: .acquiringAndReleasing).original {
    case .begun: return entry
    case .vain:
      renewal.store(.none, ordering: .releasing)
      return nil
    case .none:
      let isSent = send { [self] in renewal.store($0 == nil ? .vain : .none, ordering: .releasing) }
      guard isSent else {
        renewal.store(.none, ordering: .releasing)
        return nil
      }
      service.counters.refreshes.add(1, ordering: .relaxed)
      return entry
    }
  }

  /// Looks, and calls `receive` once, on any thread but never before this returns true; nil stands for nothing found. Returns
  /// false, and never calls, when there is no use in looking now.
  public func look(_ receive: @escaping @Sendable (CacheEntry?) -> Void) -> Bool {
    guard service.keepsEntries else { return send(receive) }
    return send { [self] entry in
      // As one that was looked for in memory first.
      if entry != nil { service.countMiss(key) }
      receive(entry)
    }
  }

  /// Asks the store, keeps in memory what comes, where there is one, and hands it on. False when it was not asked: a change is
  /// under way, memory has nothing to renew, or the store may not be trusted or cannot be reached at once.
  private func send(_ receive: @escaping @Sendable (CacheEntry?) -> Void) -> Bool {
    let stamp = service.stamp(key)
    let known = service.keepsEntries ? service.renewable(key) : nil
    guard !stamp.isInDoubt, known != nil || !service.keepsEntries, tier.isReadable(tags) else { return false }
    guard service.keepsEntries else {
      return read.send(within: limit) { [self] in receive(entry(in: $0, stamp, nil)) }
    }
    let removals = service.flights.watch(key)
    let isSent = read.send(within: limit) { [self] result in
      let entry = entry(in: result, stamp, known)
      if let entry {
        service.generations.reveal(key.tags)
        keep(entry, since: removals)
      }
      service.flights.unwatch(key)
      receive(entry)
    }
    if !isSent { service.flights.unwatch(key) }
    return isSent
  }

  /// What was found; nil when that must be loaded, made anew or decoded first, and when the store failed.
  private func entry(
    in result: Result<FencedReading, CacheStoreError>, _ stamp: FenceStamp, _ known: CacheEntry?
  ) -> CacheEntry? {
    guard let value = tier.value(in: result, of: key, tags, most: policy.maximumBytes, known: known), !value.isAbsent
    else { return nil }
    // In memory one that is due would be looked for again and again, and never loaded.
    let end = service.keepsEntries ? value.life.refreshAt : value.life.freshUntil
    guard end > service.environment.ticker.nanoseconds() else { return nil }
    guard value.decoded != nil || !policy.keepsValue || !service.keepsEntries else { return nil }
    tier.counters.hits.add(1, ordering: .relaxed)
    return value.entry(key, stamp)
  }

  /// Keeps in memory what was found, unless the key was changed or removed meanwhile, or somebody was quicker.
  private func keep(_ entry: CacheEntry, since removals: UInt64) {
    guard service.generations.isCurrent(entry.stamp) else { return }
    service.flights.keep(key, since: removals) {
      if service.peek(key) == nil { service.publish(entry, key, policy) }
    }
  }
}

extension CacheService {
  public func glance(at key: CacheKey, policy: CachePolicy) -> CacheGlance? {
    guard let shared, !policy.skipsRead, let read = shared.store.repeatedRead(key, key.cacheTags) else { return nil }
    return CacheGlance(self, shared, key, policy, read)
  }
}
