/// Keys of which a caller was given a value that the shared store does not have: it was loaded while a change was under way,
/// or the store refused it.
///
/// Such a value may show more than the change that was in the way: also one that an instance made which is cut off from the
/// store. Should the store go on with what it had, whoever reads it after that caller goes back. So from then on this
/// instance takes a stored value of that key only if it is the very one that was given or was loaded under a newer
/// generation, until it has loaded the key once more.
struct OutrunKeys: Sendable {
  private struct Mark: Sendable {
    let serial: UInt64
    /// What was given; nil where several values were.
    let given: EntityTag?
    /// The generations of the key's tags then, as far as they were known; 0 where not.
    var nonces: [UInt64]
  }

  /// Stands for a generation that is not known but has moved since: no nonce.
  private static let past: UInt64 = 1

  private var marks: [CacheKey: Mark] = [:]
  private(set) var lastSerial: UInt64 = 0

  var count: Int { marks.count }

  /// In the order of their marks.
  var keys: [CacheKey] { marks.sorted { $0.value.serial < $1.value.serial }.map(\.key) }

  /// A caller is given a value that the store does not have.
  mutating func add(_ key: CacheKey, _ given: EntityTag, under nonces: [UInt64]) {
    lastSerial += 1
    // What was given before a generation that has been heard of since binds nobody: whatever the store has is newer.
    let isOther = marks[key].map { $0.given != given && !Self.isNewer(nonces, than: $0.nonces) } ?? false
    marks[key] = Mark(serial: lastSerial, given: isOther ? nil : given, nonces: nonces)
  }

  /// Whether this instance may take a stored value. Forgets the key if so.
  mutating func admits(_ key: CacheKey, _ stored: EntityTag, under nonces: [UInt64]) -> Bool {
    guard let mark = marks[key] else { return true }
    guard Self.isNewer(nonces, than: mark.nonces) || mark.given == stored else { return false }
    marks[key] = nil
    return true
  }

  /// Tags were given new generations after ``lastSerial`` was `serial`: what was given until then binds nobody who finds
  /// something under the new ones, also where the old ones were not known.
  mutating func moved(_ tags: [CacheTag], since serial: UInt64) {
    for (key, mark) in marks where mark.serial <= serial {
      for (index, tag) in key.cacheTags.enumerated() where mark.nonces[index] == 0 && tags.contains(tag) {
        marks[key]?.nonces[index] = Self.past
      }
    }
  }

  /// Whether one of the generations that were known has moved. None ever comes back.
  private static func isNewer(_ nonces: [UInt64], than known: [UInt64]) -> Bool {
    zip(known, nonces).contains { $0 != 0 && $1 != 0 && $0 != $1 }
  }

  /// A load that began when ``lastSerial`` was `serial` has been stored.
  mutating func caughtUp(_ key: CacheKey, from serial: UInt64) {
    if let mark = marks[key], mark.serial <= serial { marks[key] = nil }
  }
}

extension SharedTier {
  /// More outrun keys than this are suspected with their tags.
  private static let mostOutrun = 4096

  /// A caller is given a value that the store does not have; see ``OutrunKeys``.
  func outran(_ entry: CacheEntry, _ key: CacheKey) {
    let nonces = generations.nonces(key.cacheTags)
    let tooMany: [CacheKey] = state.withLock { state in
      state.outrun.add(key, entry.entityTag, under: nonces)
      guard state.outrun.count > Self.mostOutrun else { return [] }
      defer { state.outrun = OutrunKeys() }
      return state.outrun.keys
    }
    if !tooMany.isEmpty { suspect(tooMany.flatMap(\.suspectTags).uniqued()) }
  }
}
