package import Caching
package import Kernel

/// Keys of the shape that the catalog uses: five parts, one named tag, about 90 bytes.
package enum CatalogKeys {
  /// What all keys of a tenant depend on.
  package static let tag = "offers"

  /// A tenant by number.
  package static func tenant(_ number: Int) -> TenantID {
    TenantID(UniqueID(high: 0x0190_0000_0000_7000, low: 0x8000_0000_0000_0000 | UInt64(number)))
  }

  /// The key of one page of a tenant's packages.
  package static func page(_ number: Int, of tenant: TenantID) -> CacheKey {
    CacheKey(
      "catalog", .tenant(tenant), "packages", ["segment=elopements", "limit=50", "page=\(number)"], tags: [tag])
  }
}
