import NIOCore

extension SharedTier {
  /// Stores keep nothing for less.
  private static let shortestLife = Duration.milliseconds(1)

  /// What the store has for keys of one owner, and the fences under which they may be loaded. One round trip, and a second
  /// where a generation has to be made. nil when the store is out of reach or may not be trusted about their tags.
  /// - Parameter known: entries whose bytes are taken where the store has the same.
  func find(
    _ keys: [CacheKey], limit: Duration, most: Int, known: (CacheKey) -> CacheEntry?
  ) async -> [CacheKey: SharedFinding]? {
    let tagsByKey = keys.map(\.cacheTags)
    let tags = tagsByKey.joined().uniqued()
    guard let (values, found) = await settled(keys, tags, limit: limit) else { return nil }
    let generations = Dictionary(uniqueKeysWithValues: zip(tags, found))
    var findings: [CacheKey: SharedFinding] = [:]
    for (index, key) in keys.enumerated() {
      let fence = SharedFence(tagsByKey[index], tagsByKey[index].compactMap { generations[$0] })
      let value = values[index].flatMap { unpack($0, key, under: fence, most: most, known: known(key)) }
      findings[key] = SharedFinding(fence: fence, value: value)
    }
    return findings
  }

  /// The same of one key, of which memory has nothing.
  func find(_ key: CacheKey, limit: Duration, most: Int) async -> SharedFinding? {
    let tags = key.cacheTags
    guard let (values, generations) = await settled([key], tags, limit: limit) else { return nil }
    let fence = SharedFence(tags, generations)
    return SharedFinding(fence: fence, value: values[0].flatMap { unpack($0, key, under: fence, most: most) })
  }

  /// The value that a ``RepeatedRead`` has brought, if it may be read; nil also where a generation has to be made first.
  /// - Parameter known: an entry whose bytes are taken where the value has the same.
  func value(
    in result: Result<FencedReading, CacheStoreError>, of key: CacheKey, _ tags: [CacheTag], most: Int,
    known: CacheEntry? = nil
  ) -> SharedValue? {
    switch result {
    case .failure(let error):
      // Of all else that may be wrong whoever asks next finds out, and can mend some of it.
      if error == .timedOut { failed(error) }
      return nil
    case .success(let reading):
      succeeded()
      let nonces = reading.generations.compactMap { $0.flatMap { $0.isInDoubt ? nil : $0.nonce } }
      guard nonces.count == tags.count else { return nil }
      for (tag, nonce) in zip(tags, nonces) { generations.learn(tag, nonce: nonce) }
      return reading.values.first.flatMap(\.self).flatMap { unpack($0, key, under: nonces, most: most, known: known) }
    }
  }

  /// Takes note of the generations of one owner's tags. Returns those of which a change may be under way, and those that
  /// have none; nil when the store is out of reach or may not be trusted about them.
  func unsettled(_ tags: [CacheTag], limit: Duration) async -> [CacheTag]? {
    guard isReadable(tags), let reading = await call(limit, { try await $0.read([], tags) }) else { return nil }
    return zip(tags, reading.generations).compactMap { tag, generation in
      guard let generation, !generation.isInDoubt else { return tag }
      generations.learn(tag, nonce: generation.nonce)
      return nil
    }
  }

  /// The values of keys and the generations of tags, which are made where they are missing.
  private func settled(
    _ keys: [CacheKey], _ tags: [CacheTag], limit: Duration
  ) async -> (values: [ByteBuffer?], generations: [Generation])? {
    guard isReadable(tags), let reading = await call(limit, { try await $0.read(keys, tags) }) else { return nil }
    var known = reading.generations
    let unsettled = known.indices.filter { known[$0]?.isInDoubt != false }
    if !unsettled.isEmpty {
      let isNew = unsettled.contains { known[$0] == nil }
      let position = isNew ? await originPosition(limit) : nil
      let asked = unsettled.map { tags[$0] }
      guard let minted = await call(limit, { try await $0.mint(asked, position: position) }) else { return nil }
      for (index, generation) in zip(unsettled, minted) { known[index] = generation }
    }
    let found = known.compactMap(\.self)
    guard found.count == tags.count else { return nil }
    for (tag, generation) in zip(tags, found) { generations.learn(tag, nonce: generation.nonce) }
    return (reading.values, found)
  }

  /// Stores a loaded value under the fence it was loaded behind. False when one of its tags has changed or is in doubt, nil
  /// when the store did not answer.
  func publish(_ key: CacheKey, _ entry: CacheEntry, _ fence: SharedFence, limit: Duration) async -> Bool? {
    let now = environment.ticker.nanoseconds()
    let envelope = Envelope(
      entry, nonces: fence.guards.map(\.nonce), createdAt: environment.wallClock.now().milliseconds, now: now,
      withPlain: isOnlyTier)
    // One that is over already still takes the place of what is there.
    let end = max(entry.life.expiresAt, now.addingSaturated(Self.shortestLife.ticks))
    let value = StoredValue(
      key, envelope.encoded(), timeToLive: end == .max ? nil : .nanoseconds(Int64(clamping: end - now)))
    let isStored = await call(limit) { try await $0.store(value, under: fence.guards) }
    if isStored == false { counters.refusals.add(1, ordering: .relaxed) }
    return isStored
  }

  /// A position that every change so far lies before; nil when the database cannot tell soon.
  func originPosition(_ limit: Duration) async -> UInt64? {
    guard let position = origin.position else { return nil }
    // Any failure means that nobody knows.
    return try? await environment.within(limit) { try await position() }
  }

  /// A stored value, if it was loaded under a fence. In doubt, that may be of before a change that somebody has already seen.
  private func unpack(
    _ bytes: ByteBuffer, _ key: CacheKey, under fence: SharedFence, most: Int, known: CacheEntry? = nil
  ) -> SharedValue? {
    unpack(bytes, key, under: fence.guards.map(\.nonce), isInDoubt: fence.isInDoubt, most: most, known: known)
  }

  private func unpack(
    _ bytes: ByteBuffer, _ key: CacheKey, under nonces: [UInt64], isInDoubt: Bool = false, most: Int,
    known: CacheEntry?
  ) -> SharedValue? {
    do throws(Envelope.Flaw) {
      let envelope = try Envelope(bytes)
      guard !isInDoubt, envelope.nonces == nonces,
        state.withLock({ $0.outrun.admits(key, envelope.entityTag, under: envelope.nonces) })
      else { return nil }
      let same = known.flatMap { $0.hasBytes(of: envelope) ? $0 : nil }
      let bodies = if let same { (body: same.body, gzip: same.gzip) } else { try envelope.bodies(most: most, gzip) }
      return SharedValue(
        body: bodies.body, gzip: bodies.gzip, entityTag: envelope.entityTag,
        isAbsent: envelope.flags.contains(.absent),
        life: EntryLife(
          envelope, wallNow: environment.wallClock.now().milliseconds, now: environment.ticker.nanoseconds()),
        decoded: same?.value)
    } catch {
      counters.count(error)
      // Only if nobody has replaced it meanwhile. Should this fail, the next reader tries again.
      _ = environment.start { [store] in _ = try? await store.compareAndDelete(key, expected: bytes) }
      return nil
    }
  }
}

extension CacheEntry {
  /// Whether its bytes are those of an envelope: then nothing need be decompressed or decoded.
  fileprivate func hasBytes(of envelope: Envelope) -> Bool {
    envelope.entityTag == entityTag && Int(envelope.bodyLength) == bodyLength
      && envelope.flags.contains(.gzip) == (gzip != nil)
  }
}

extension Envelope {
  /// An entry as it is to be stored: its gzip form, where it has one.
  /// - Parameter withPlain: stores the body behind its gzip form.
  init(_ entry: CacheEntry, nonces: [UInt64], createdAt: Int64, now: UInt64, withPlain: Bool = false) {
    func offset(_ moment: UInt64) -> UInt64 {
      moment == .max ? Self.forever : (moment - min(moment, now)) / 1_000_000
    }
    var flags: Flags = []
    if entry.gzip != nil { flags.insert(.gzip) }
    if entry.isAbsent { flags.insert(.absent) }
    if entry.gzip != nil, withPlain { flags.insert(.plain) }
    self.init(
      flags: flags, createdAt: createdAt, refreshAfter: offset(entry.life.refreshAt),
      freshFor: offset(entry.life.freshUntil), keptFor: offset(entry.life.expiresAt),
      bodyLength: UInt32(entry.body.readableBytes), entityTag: entry.entityTag, nonces: nonces,
      payload: entry.gzip ?? entry.body, plain: flags.contains(.plain) ? entry.body : ByteBuffer())
  }
}
