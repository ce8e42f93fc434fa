import Kernel

/// The tags of one key: its owner's, and up to three named ones, as places in the table of generations.
public struct FenceTags: Hashable, Sendable {
  /// How many named tags a key can have.
  public static let maximumNamed = 3

  /// Four places; those not used repeat the first, so that a check is always the same four loads.
  let places: SIMD4<UInt16>

  /// The tags of a key or of a change.
  public init(scope: CacheScope, names: [String]) {
    precondition(names.count <= Self.maximumNamed, "a key has at most \(Self.maximumNamed) tags")
    let owner = Self.place(scope, "")
    var places = SIMD4<UInt16>(repeating: owner)
    for (index, name) in names.enumerated() { places[index + 1] = Self.place(scope, name) }
    self.places = places
  }

  /// The place of one tag. Two tags may share a place: a change of one then also drops the other's entries, which
  /// costs a load and nothing else.
  static func place(_ scope: CacheScope, _ name: String) -> UInt16 {
    var hasher = Hasher()
    hasher.combine(scope)
    hasher.combine(name)
    return UInt16(truncatingIfNeeded: hasher.finalize())
  }
}
