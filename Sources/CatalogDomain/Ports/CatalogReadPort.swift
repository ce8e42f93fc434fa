package import Kernel

/// What storefronts may see of a tenant's catalog: published packages, active segments, add-ons and venues.
///
/// Each call reads one consistent state of that tenant's data. Pages hold one record more than the limit when the list
/// goes on.
package protocol CatalogReadPort: Sendable {
  /// Published packages that match, in the query's order. A filter value that nothing has finds nothing.
  func packages(_ tenant: TenantID, _ query: PackageQuery) async throws -> [Package]

  /// A published package.
  func package(_ tenant: TenantID, slug: String) async throws -> Package?

  /// The published ones among the packages of some slugs, in no particular order.
  func packages(_ tenant: TenantID, slugs: [String]) async throws -> [Package]

  /// Active segments by sort order, then name.
  func segments(_ tenant: TenantID, _ page: PageRequest) async throws -> [Segment]

  /// An active segment.
  func segment(_ tenant: TenantID, slug: String) async throws -> Segment?

  /// Active add-ons by title; with a segment, those of that segment.
  func addOns(_ tenant: TenantID, segment: String?, _ page: PageRequest) async throws -> [AddOn]

  /// Active venues by city, then name; with a city, those in it.
  func venues(_ tenant: TenantID, city: String?, _ page: PageRequest) async throws -> [Venue]
}
