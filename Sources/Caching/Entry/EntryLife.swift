/// The times of one entry, in ticks.
struct EntryLife: Sendable, Equatable {
  /// When the value was loaded.
  var madeAt: UInt64
  /// From here on a read asks for a load in the background.
  var refreshAt: UInt64
  /// From here on the entry is served only when its load fails.
  var freshUntil: UInt64
  /// From here on it is not served at all.
  var expiresAt: UInt64

  /// A life without end.
  static func forever(from now: UInt64) -> EntryLife {
    EntryLife(madeAt: now, refreshAt: .max, freshUntil: .max, expiresAt: .max)
  }

  /// The life of an absence that begins at `now`.
  init(ofAbsenceFrom now: UInt64, _ policy: CachePolicy) {
    let end = now.addingSaturated(policy.negativeTimeToLive.ticks)
    self.init(madeAt: now, refreshAt: end, freshUntil: end, expiresAt: end)
  }

  /// The life of a value that begins at `now`.
  /// - Parameters:
  ///   - known: how long the load knows it to hold, where it does.
  ///   - chance: 0 ..< 1; the share of the policy's jitter to take.
  init(from now: UInt64, known: Duration?, _ policy: CachePolicy, chance: Double) {
    guard let life = [policy.timeToLive, known].compactMap(\.?.ticks).min() else {
      self = .forever(from: now)
      return
    }
    let shortened = Double(life) * (1 - policy.jitter * chance)
    let end = now.addingSaturated(UInt64(exactly: shortened.rounded(.down)) ?? life)
    // Never more than a quarter of the life itself, or a short one would be due as soon as it began.
    let threshold = min(policy.refreshThreshold?.ticks ?? 0, (end - now) / 4)
    self.init(
      madeAt: now, refreshAt: end - threshold, freshUntil: end,
      expiresAt: end.addingSaturated(policy.staleGrace.ticks))
  }

  init(madeAt: UInt64, refreshAt: UInt64, freshUntil: UInt64, expiresAt: UInt64) {
    self.madeAt = madeAt
    self.refreshAt = refreshAt
    self.freshUntil = freshUntil
    self.expiresAt = expiresAt
  }
}
