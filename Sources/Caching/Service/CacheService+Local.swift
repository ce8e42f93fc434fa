import NIOCore
import Synchronization

extension CacheService {
  /// What holds for a key now, noted before its load begins.
  func stamp(_ key: CacheKey) -> FenceStamp {
    let mark = trust.mark
    return generations.stamp(key.tags, trust: mark)
  }

  /// Keeps in memory what a load brought, or removes what it no longer brings.
  func publish(_ entry: CacheEntry?, _ key: CacheKey, _ policy: CachePolicy) {
    guard let entry, fits(entry, policy) else {
      local.remove(key)
      return
    }
    let now = environment.ticker.nanoseconds()
    var kept = entry
    if shared != nil {
      let limit = (policy.localTimeToLive ?? options.localTimeToLive)?.ticks
      kept = entry.with(entry.stamp, entry.life.shortened(to: limit, from: now))
    }
    local.set(key, kept, now: now)
  }

  /// Whether an entry is of a size to keep.
  func fits(_ entry: CacheEntry, _ policy: CachePolicy) -> Bool {
    entry.bodyLength <= policy.maximumBytes && !entry.isNameless
  }

  /// The entry of a key if it is fresh, nothing of it has changed, and this instance would have heard.
  /// - Parameter servesDue: false passes over an entry that should be loaded anew; see ``isDue(_:)``.
  func valid(_ key: CacheKey, countsMiss: Bool = true, servesDue: Bool = true) -> CacheEntry? {
    entry(key, servesDue ? .fresh : .early, countsMiss: countsMiss)
  }

  /// The entry of a key if it is fresh and nothing of it is known to have changed.
  func unverified(_ key: CacheKey) -> CacheEntry? { entry(key, .unverified, countsMiss: false) }

  /// The entry of a key also past its time, if that is within its grace and nothing of it is known to have changed.
  func stale(_ key: CacheKey) -> CacheEntry? { entry(key, .stale, countsMiss: false) }

  /// The same, to be compared with the store: that it is asked for counts as no read.
  func renewable(_ key: CacheKey) -> CacheEntry? {
    let now = environment.ticker.nanoseconds()
    var found: CacheEntry?
    _ = local.record(key, countsMiss: false) { entry in
      if judge(entry, .stale, now) == .valid { found = entry }
      return .withheld
    }
    return found
  }

  /// Counts a read of a key that memory could not answer.
  func countMiss(_ key: CacheKey) { _ = local.record(key, countsMiss: true) { _ in .withheld } }

  /// What a reader asks of an entry of which nothing has changed.
  private enum Demand {
    /// That it is not due for a load, and this instance would have heard of a change.
    case early
    /// That it is fresh, and this instance would have heard of a change.
    case fresh
    case unverified
    case stale
  }

  private func entry(_ key: CacheKey, _ demand: Demand, countsMiss: Bool) -> CacheEntry? {
    let now = environment.ticker.nanoseconds()
    // The caller holds this object. To retain it here once more would have all processors write to one count.
    let service = Unmanaged.passUnretained(self)
    return local.record(key, countsMiss: countsMiss) { entry in
      service._withUnsafeGuaranteedRef { $0.judge(entry, demand, now) }
    }
  }

  private func judge(_ entry: CacheEntry, _ demand: Demand, _ now: UInt64) -> Verdict {
    guard entry.expiresAt > now else { return .stale }
    guard generations.isUnchanged(entry.stamp) else { return .stale }
    switch demand {
    case .early, .fresh:
      guard (demand == .early ? entry.refreshAt : entry.freshUntil) > now,
        trust.isTrusted(entry.stamp.trust, now: now)
      else { return .withheld }
      counters.served(entry.madeAt, at: now)
      return .valid
    case .unverified: return entry.freshUntil > now ? .valid : .withheld
    case .stale: return .valid
    }
  }

  /// Whether an entry is so near its end that it should be loaded anew.
  func isDue(_ entry: CacheEntry) -> Bool { entry.refreshAt <= environment.ticker.nanoseconds() }

  private func compress(_ body: ByteBuffer) -> ByteBuffer? {
    let compressed = gzip.compress(body)
    counters.gzipInput.add(body.readableBytes, ordering: .relaxed)
    counters.gzipOutput.add(compressed?.readableBytes ?? body.readableBytes, ordering: .relaxed)
    return compressed
  }

  /// The entry of what was loaded.
  /// - Parameter isKept: false for what is only given to those who wait: then its gzip form is made when one of them wants it.
  func encode<Value>(
    _ key: CacheKey, _ loaded: Loaded<Value>?, stamp: FenceStamp, policy: CachePolicy, isKept: Bool = false
  ) throws -> CacheEntry {
    let body = try loaded.map { try CacheCodec.encode($0.value) } ?? ByteBuffer()
    let isLong = body.readableBytes >= policy.compressionThreshold
    let now = environment.ticker.nanoseconds()
    return CacheEntry(
      name: key.text, body: body, gzip: isLong && isKept ? compress(body) : nil,
      laterGzip: isLong && !isKept ? GzipForm { [self] in compress(body) } : nil,
      entityTag: EntityTag(of: body), isAbsent: loaded == nil, value: policy.keepsValue ? loaded?.value : nil,
      stamp: stamp,
      life: loaded.map { EntryLife(from: now, known: $0.timeToLive, policy, chance: environment.fraction()) }
        ?? EntryLife(ofAbsenceFrom: now, policy))
  }
}
