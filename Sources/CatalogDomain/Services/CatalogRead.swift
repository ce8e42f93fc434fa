package import Caching
package import Kernel

/// One question a storefront can ask of the catalog.
package enum CatalogRead: Hashable, Sendable {
  case packages(PackageQuery)
  case package(slug: String)
  case segments(PageRequest)
  case segment(slug: String)
  case segmentPackages(slug: String, PackageQuery)
  case addOns(segment: String?, PageRequest)
  case venues(city: String?, PageRequest)

  /// What the cursors of each public list are bound to.
  package static func packageList(_ sort: PackageSort) -> String { "packages." + sort.rawValue }
  package static let segmentList = "segments"
  package static let addOnList = "add-ons"
  package static let venueList = "venues"

  /// The key the answer is cached under.
  package func key(_ tenant: TenantID) -> CacheKey {
    switch self {
    case .packages(let query): Self.key(tenant, "packages", query.keyParts, Self.listTags)
    case .package(let slug):
      Self.key(tenant, "package", [slug], [CatalogTag.offers, CatalogTag.package(slug)])
    case .segments(let page): Self.key(tenant, "segments", page.keyParts)
    case .segment(let slug): Self.key(tenant, "segment", [slug])
    case .segmentPackages(let slug, let query):
      Self.key(tenant, "segment-packages", [slug] + query.keyParts, Self.listTags)
    case .addOns(let segment, let page):
      Self.key(tenant, "add-ons", (segment.map { ["segment=" + $0] } ?? []) + page.keyParts)
    case .venues(let city, let page):
      Self.key(tenant, "venues", (city.map { ["city=" + $0] } ?? []) + page.keyParts, [CatalogTag.venues])
    }
  }

  /// Whether the answer may be cached. Free text and later pages never are: there is no end to them.
  var isKept: Bool {
    switch self {
    case .packages(let query), .segmentPackages(_, let query): query.text == nil && query.page.after == nil
    case .segments(let page), .addOns(_, let page), .venues(_, let page): page.after == nil
    case .package, .segment: true
    }
  }

  /// The namespace of its keys.
  package static let namespace = "catalog"

  private static func key(
    _ tenant: TenantID, _ resource: String, _ parts: [String], _ tags: [String] = [CatalogTag.offers]
  ) -> CacheKey {
    CacheKey(Self.namespace, .tenant(tenant), resource, parts, tags: tags)
  }

  /// The tags of lists of packages.
  private static let listTags = [CatalogTag.offers, CatalogTag.packages]
}
