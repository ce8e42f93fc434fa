/// Something whose change makes entries stale: an owner as a whole, or one named part of its data.
public struct CacheTag: Hashable, Sendable {
  /// Whose data it is.
  public let scope: CacheScope
  /// The named part; empty for the owner as a whole.
  public let name: String
  let place: UInt16

  /// Everything one owner has in the cache.
  public static func all(_ scope: CacheScope) -> CacheTag { CacheTag(scope, "") }

  /// One named part of an owner's data.
  public static func named(_ name: String, _ scope: CacheScope) -> CacheTag { CacheTag(scope, name) }

  private init(_ scope: CacheScope, _ name: String) {
    self.init(scope, name, place: FenceTags.place(scope, name))
  }

  /// - Parameter place: that of the tag in ``FenceTags``.
  fileprivate init(_ scope: CacheScope, _ name: String, place: UInt16) {
    self.scope = scope
    self.name = name
    self.place = place
  }

  public static func == (left: CacheTag, right: CacheTag) -> Bool {
    left.place == right.place && left.name == right.name && left.scope == right.scope
  }

  public func hash(into hasher: inout Hasher) { hasher.combine(place) }
}

extension CacheTag {
  /// The key under which a store keeps what belongs to the tag.
  public func key(_ namespace: String) -> CacheKey {
    CacheKey(namespace, scope, name.isEmpty ? "all" : "tag", name.isEmpty ? [] : [name])
  }
}

extension CacheKey {
  /// The key's tags: its owner's, then the named ones.
  public var cacheTags: [CacheTag] {
    var all: [CacheTag] = []
    all.reserveCapacity(1 + tagNames.count)
    all.append(CacheTag(scope, "", place: tags.places[0]))
    for (index, name) in tagNames.enumerated() { all.append(CacheTag(scope, name, place: tags.places[index + 1])) }
    return all
  }

  /// The tags to bump before the shared store is believed about the key: its named ones, or its owner's where it has none.
  var suspectTags: [CacheTag] { tagNames.isEmpty ? [.all(scope)] : tagNames.map { .named($0, scope) } }
}
