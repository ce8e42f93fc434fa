import Kernel

/// What an instance does about what others tell it.
struct CacheReceiver: Sendable {
  let local: BoundedTable<CacheEntry>
  let generations: Generations
  let flights: SingleFlight
  let trust: LocalTrust
  let ticker: any Ticker

  func receive(_ body: BackplaneMessage.Body) {
    switch body {
    case .beat: break
    case .bumped(let guards):
      for guarded in guards { generations.learn(guarded.tag, nonce: guarded.nonce) }
    case .removed(let texts):
      for key in texts.map(CacheKey.init(text:)) {
        flights.detach(key)
        local.remove(key)
      }
    case .flushed(let text, let scope):
      let pattern = CachePattern(text: text, scope: scope)
      flights.detach(where: pattern.matches)
      _ = local.removeAll(where: pattern.matches)
    }
  }

  /// Something was written to the shared store or deleted from it by others. What this instance has in memory under these
  /// keys is compared with the store before it is served again; until then it serves only where a load fails.
  func receive(_ deletion: CacheDeletion) {
    switch deletion {
    case .keys(let texts): end(texts.map(CacheKey.init(text:)).filter(flights.overtake))
    case .everything:
      flights.tells(true)
      flights.overtakeAll()
      end(local.keys)
    case .interrupted: flights.tells(false)
    }
  }

  /// The store tells of what is written there from now on.
  func hears() { flights.tells(true) }

  private func end(_ keys: [CacheKey]) {
    let now = ticker.nanoseconds()
    for key in keys { local.update(key, isValid: { _ in true }, now: now) { ($0?.ending(at: now), ()) } }
  }

  /// A message that this instance sent at `time` has come back.
  func confirm(at time: UInt64) { trust.confirm(now: time) }

  func live(_ isLive: Bool) { trust.feed(isLive: isLive, now: ticker.nanoseconds()) }

  func gap() { trust.gap(now: ticker.nanoseconds()) }
}
