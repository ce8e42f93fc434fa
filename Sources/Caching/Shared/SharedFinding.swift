import NIOCore

/// What the shared store had for one key at one moment.
struct SharedFinding: Sendable {
  /// The generations of the key's tags at that moment. A load that begins afterwards may be stored under them.
  let fence: SharedFence
  /// The stored value, if it was loaded under those generations. It may be past its time.
  let value: SharedValue?
}

/// The generations of one key's tags, as they were read.
struct SharedFence: Sendable, Equatable {
  let guards: [FenceGuard]
  /// The log position that a replica must have replayed for a load; nil when only the primary will do.
  let position: UInt64?
  /// The tags of which a change may be under way: what is loaded now is of before or after it.
  let doubtful: [CacheTag]

  var isInDoubt: Bool { !doubtful.isEmpty }

  /// The fence of a key with these tags.
  init(_ tags: [CacheTag], _ generations: [Generation]) {
    guards = zip(tags, generations).map { FenceGuard($0, nonce: $1.nonce) }
    doubtful = generations.contains(where: \.isInDoubt) ? zip(tags, generations).filter(\.1.isInDoubt).map(\.0) : []
    position = generations.contains { $0.position == nil } ? nil : generations.compactMap(\.position).max()
  }
}

/// A value from the shared store, checked and unpacked.
struct SharedValue: Sendable {
  let body: ByteBuffer
  let gzip: ByteBuffer?
  let entityTag: EntityTag
  let isAbsent: Bool
  let life: EntryLife
  /// What the body was decoded to before, where memory has the same bytes and keeps their value.
  let decoded: (any Sendable)?

  func isFresh(_ now: UInt64) -> Bool { life.freshUntil > now }

  /// The entry to keep in memory.
  func entry(_ key: CacheKey, _ stamp: FenceStamp, value: (any Sendable)? = nil) -> CacheEntry {
    CacheEntry(
      name: key.text, body: body, gzip: gzip, entityTag: entityTag, isAbsent: isAbsent, value: value ?? decoded,
      stamp: stamp, life: life)
  }
}

extension EntryLife {
  /// The times of an envelope, by this instance's clocks. An envelope from the future, by a clock that goes ahead of this
  /// one, counts as made now.
  init(_ envelope: Envelope, wallNow: Int64, now: UInt64) {
    let age = UInt64(clamping: wallNow - min(envelope.createdAt, wallNow))
    func moment(_ offset: UInt64) -> UInt64 {
      guard offset != Envelope.forever else { return .max }
      guard offset > age else { return now }
      let (nanoseconds, overflows) = (offset - age).multipliedReportingOverflow(by: 1_000_000)
      return overflows ? .max : now.addingSaturated(nanoseconds)
    }
    let (lived, overflows) = age.multipliedReportingOverflow(by: 1_000_000)
    self.init(
      madeAt: now - min(now, overflows ? .max : lived), refreshAt: moment(envelope.refreshAfter),
      freshUntil: moment(envelope.freshFor),
      expiresAt: moment(envelope.keptFor))
  }

  /// The same life, but fresh for no more than `limit` ticks from `now`, and due for a look at the store shortly before.
  func shortened(to limit: UInt64?, from now: UInt64) -> EntryLife {
    guard let limit, now.addingSaturated(limit) < freshUntil else { return self }
    let end = now + limit
    return EntryLife(
      madeAt: madeAt, refreshAt: min(refreshAt, end - limit / 10), freshUntil: end, expiresAt: expiresAt)
  }
}
