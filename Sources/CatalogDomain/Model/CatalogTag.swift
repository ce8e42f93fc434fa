/// The names under which catalog data is cached and made stale.
///
/// A package shows in its own answer and in lists, a segment or an add-on in answers of any package.
package enum CatalogTag {
  /// All of packages, segments and add-ons.
  package static let offers = "offers"
  /// Lists of packages.
  package static let packages = "packages"
  package static let venues = "venues"

  /// The answer of a package, with those that share its part: there are 64 of them, since clients can make up slugs.
  package static func package(_ slug: String) -> String {
    // FNV-1a in 64 bits (G. Fowler, L. C. Noll, K.-P. Vo), folded: every instance has to come to the same part.
    let hash = slug.utf8.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
    return "package-\((hash ^ hash >> 32) % 64)"
  }
}
