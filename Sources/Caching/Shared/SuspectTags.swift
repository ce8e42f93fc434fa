/// Tags whose shared generations cannot be trusted until they have been bumped: of changes that the store could not be
/// told, and of loads that ran without it and may have seen a change that it does not know of.
///
/// Bounded by the number of owners: past ``mostPerOwner`` tags an owner's are replaced by that of the whole owner.
struct SuspectTags: Sendable {
  static let mostPerOwner = 64

  private var serials: [CacheScope: [CacheTag: UInt64]] = [:]
  private var lastSerial: UInt64 = 0

  var isEmpty: Bool { serials.isEmpty }

  /// How many tags there are.
  var count: Int { serials.values.reduce(0) { $0 + $1.count } }

  /// The owners concerned, longest first.
  var scopes: [CacheScope] {
    serials.mapValues { $0.values.min() ?? 0 }.sorted { $0.value < $1.value }.map(\.key)
  }

  /// One owner's tags, each with the number that ``remove(_:)`` wants.
  func tags(_ scope: CacheScope) -> [CacheTag: UInt64] { serials[scope] ?? [:] }

  /// Whether any of `tags`, or its owner as a whole, is in doubt.
  func contains(any tags: [CacheTag]) -> Bool {
    tags.contains { tag in
      guard let owned = serials[tag.scope] else { return false }
      return owned[tag] != nil || owned[.all(tag.scope)] != nil
    }
  }

  mutating func add(_ tags: [CacheTag]) {
    for tag in tags {
      lastSerial += 1
      var owned = serials[tag.scope] ?? [:]
      owned[tag] = lastSerial
      if owned.count > Self.mostPerOwner { owned = [.all(tag.scope): lastSerial] }
      serials[tag.scope] = owned
    }
  }

  /// Takes away what has been bumped, unless it was added again meanwhile.
  mutating func remove(_ bumped: [CacheTag: UInt64]) {
    for (tag, serial) in bumped where serials[tag.scope]?[tag] == serial { serials[tag.scope]?[tag] = nil }
    serials = serials.filter { !$0.value.isEmpty }
  }
}
