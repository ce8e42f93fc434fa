import Synchronization

extension CacheService {
  public func get<Value: Codable & Sendable>(_ key: CacheKey, as type: Value.Type) async -> Value? {
    await mget([key], as: type)[0]
  }

  public func mget<Value: Codable & Sendable>(_ keys: [CacheKey], as type: Value.Type) async -> [Value?] {
    var found: [CacheKey: CacheEntry] = [:]
    for key in keys.uniqued() { found[key] = valid(key) }
    for (key, entry) in await copy(keys.filter { found[$0] == nil }) { found[key] = entry }
    return keys.map { key in
      guard let entry = found[key], !entry.isAbsent else { return nil }
      // The only failure is bytes of another type: for this caller the value is not there.
      return try? Cached<Value>(entry).value()
    }
  }

  public func ttl(_ key: CacheKey) async -> RemainingTime {
    // The copy in memory may have a shorter life.
    var entry = await copy([key])[key]
    if entry == nil { entry = valid(key, countsMiss: false) }
    guard let entry, !entry.isAbsent else { return .absent }
    guard entry.life.freshUntil != .max else { return .forever }
    let now = environment.ticker.nanoseconds()
    return .expires(in: .nanoseconds(Int64(clamping: entry.life.freshUntil - min(now, entry.life.freshUntil))))
  }

  public func set<Value: Codable & Sendable>(_ key: CacheKey, to value: Value, policy: CachePolicy) async throws {
    let stamp = stamp(key)
    let entry = try encode(key, Loaded(value), stamp: stamp, policy: policy, isKept: hasTiers)
    await replace(key, entry, stamp, policy)
  }

  public func mset<Value: Codable & Sendable>(
    _ values: [(key: CacheKey, value: Value)], policy: CachePolicy
  ) async throws {
    for (key, value) in values { try await set(key, to: value, policy: policy) }
  }

  public func expire(_ key: CacheKey, in timeToLive: Duration?) async -> Bool {
    var entry = valid(key, countsMiss: false)
    if entry == nil { entry = await copy([key])[key] }
    guard let entry, !entry.isAbsent else { return false }
    var policy = CachePolicy.forever
    policy.timeToLive = timeToLive
    let life = EntryLife(from: environment.ticker.nanoseconds(), known: nil, policy, chance: 0)
    let stamp = stamp(key)
    await replace(key, entry.with(stamp, life), stamp, policy)
    return true
  }

  public func del(_ keys: [CacheKey]) async {
    forget(keys)
    guard let shared else { return }
    for keys in keys.grouped(by: \.scope) {
      if await shared.call(options.writeLimit, { try await $0.delete(keys) }) == nil {
        shared.suspect(keys.flatMap(\.suspectTags))
      }
    }
    // Copies that were on their way from the store.
    forget(keys)
    shared.announce(.removed(keys.map(\.text)))
  }

  public func flush(_ pattern: CachePattern) async -> Int {
    func forget() -> Int {
      flights.detach(where: pattern.matches)
      return local.removeAll(where: pattern.matches)
    }
    let count = forget()
    guard let shared else { return count }
    // Not bounded by the limits of a single read: it goes through every key.
    let removed = await shared.sweep(.seconds(60)) { try await $0.delete(matching: pattern) }
    _ = forget()
    shared.announce(.flushed(pattern.text, pattern.scope))
    return max(count, removed ?? 0)
  }

  private func forget(_ keys: [CacheKey]) {
    for key in keys {
      flights.detach(key)
      local.remove(key)
    }
  }

  /// Puts an entry in the place of whatever there is, in every tier.
  private func replace(_ key: CacheKey, _ entry: CacheEntry, _ stamp: FenceStamp, _ policy: CachePolicy) async {
    flights.detach(key)
    guard let shared else { return publish(stamp.isInDoubt ? nil : entry, key, policy) }
    let finding = await find([key], policy)?[key]
    let removals = flights.watch(key)
    defer { flights.unwatch(key) }
    var isStored: Bool?
    if let finding, !stamp.isInDoubt {
      isStored = await shared.publish(key, entry, finding.fence, limit: writeLimit(policy))
    }
    switch isStored {
    case true?: shared.announce(.removed([key.text]))
    // A change is under way, or has happened: the value may be of before it, and the one it was to replace is older still.
    // Were the change to turn out to be none, that one would be served again.
    case false?: await del([key])
    case nil:
      shared.suspect(key.suspectTags)
      shared.announce(.removed([key.text]))
    }
    // Another instance that has set or removed it meanwhile may have done so after this one, and has told already.
    flights.replace(key, since: removals) { isCurrent in
      publish(isStored == false || stamp.isInDoubt || !isCurrent ? nil : entry, key, policy)
    }
  }

  /// Reads keys from the shared store into memory. Of what is absent or past its time nothing is returned.
  private func copy(_ keys: [CacheKey]) async -> [CacheKey: CacheEntry] {
    guard shared != nil, !keys.isEmpty else { return [:] }
    var copies: [CacheKey: CacheEntry] = [:]
    for keys in keys.grouped(by: \.scope) {
      let keys = keys.uniqued()
      let stamps = Dictionary(
        uniqueKeysWithValues: keys.map { ($0, (fence: stamp($0), removals: flights.watch($0))) })
      defer { for key in keys { flights.unwatch(key) } }
      guard let findings = await find(keys, .forever) else { continue }
      for key in keys {
        guard let value = findings[key]?.value, let stamp = stamps[key] else { continue }
        let entry = value.entry(key, stamp.fence)
        guard entry.life.freshUntil > environment.ticker.nanoseconds() else { continue }
        shared?.counters.hits.add(1, ordering: .relaxed)
        generations.reveal(key.tags)
        if generations.isCurrent(stamp.fence) {
          flights.keep(key, since: stamp.removals) { publish(entry, key, .forever) }
        }
        copies[key] = entry
      }
    }
    return copies
  }
}
