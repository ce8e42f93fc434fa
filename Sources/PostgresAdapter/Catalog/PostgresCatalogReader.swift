package import CatalogDomain
package import Kernel
import PostgresClient

/// A tenant's catalog in PostgreSQL, as storefronts see it: one statement for each call.
package struct PostgresCatalogReader: CatalogReadPort {
  private let database: TenantDatabase

  /// A reader over a database. Loads of a cache are served by a replica that has seen what they must see, all else by the
  /// primary.
  package init(database: TenantDatabase) { self.database = database }

  package func packages(_ tenant: TenantID, _ query: PackageQuery) async throws -> [Package] {
    guard let selection = try PackageSelection(tenant, query) else { return [] }
    var options = PostgresReadOptions.load
    // What looks at every text of a tenant is no short read.
    if query.text != nil { options.lane = .pool }
    return try Package.records(try await database.read(tenant, selection.query, options))
  }

  package func package(_ tenant: TenantID, slug: String) async throws -> Package? {
    guard Slug.isWellFormed(slug) else { return nil }
    let query = PostgresQuery(Self.packageBySlug, [.tenant(tenant), .text(slug)])
    return try Package.records(try await database.read(tenant, query, .load)).first
  }

  package func packages(_ tenant: TenantID, slugs: [String]) async throws -> [Package] {
    let query = PostgresQuery(Self.packagesBySlugs, [.tenant(tenant), .textArray(slugs.filter(Slug.isWellFormed))])
    return try Package.records(try await database.read(tenant, query, .load))
  }

  package func segments(_ tenant: TenantID, _ page: PageRequest) async throws -> [Segment] {
    try await list(
      Segment.self, tenant, page,
      Keyset(.init("e.sort_order", .number), .init("e.name", .text), .init("e.id", .id)))
  }

  package func segment(_ tenant: TenantID, slug: String) async throws -> Segment? {
    guard Slug.isWellFormed(slug) else { return nil }
    let query = PostgresQuery(Self.segmentBySlug, [.tenant(tenant), .text(slug)])
    return try Segment.records(try await database.read(tenant, query, .load)).first
  }

  package func addOns(_ tenant: TenantID, segment: String?, _ page: PageRequest) async throws -> [AddOn] {
    if let segment, !Slug.isWellFormed(segment) { return [] }
    return try await list(
      AddOn.self, tenant, page, Keyset(.init("e.title", .text), .init("e.id", .id)),
      filter: segment.map { (PackageSelection.segmentCondition, $0) })
  }

  package func venues(_ tenant: TenantID, city: String?, _ page: PageRequest) async throws -> [Venue] {
    if let city, city.utf8.contains(0) { return [] }
    return try await list(
      Venue.self, tenant, page, Keyset(.init("e.city", .text), .init("e.name", .text), .init("e.id", .id)),
      filter: city.map { ({ "e.city = \($0)" }, $0) })
  }

  /// A page of active records.
  /// - Parameter filter: a condition, given what stands for its value, and the value.
  private func list<Entity: CatalogRecord>(
    _: Entity.Type, _ tenant: TenantID, _ page: PageRequest, _ keyset: Keyset,
    filter: (condition: (String) -> String, value: String)? = nil
  ) async throws -> [Entity] {
    var parameters = Parameters(tenant)
    var conditions = ["e.tenant_id = $1", "e.active"]
    if let filter { conditions.append(filter.condition(parameters.add(.text(filter.value)))) }
    if let place = page.after { conditions.append(try keyset.condition(after: place, &parameters)) }
    let limit = parameters.add(.int(page.limit + 1))
    let statement = PostgresStatement(
      Entity.selection(
        where: conditions.joined(separator: " AND "), orderBy: keyset.orderBy, limit: limit),
      name: "\(Entity.table).list_active")
    return try Entity.records(
      try await database.read(tenant, PostgresQuery(statement, parameters.values), .load))
  }

  private static let packageBySlug = PostgresStatement(
    Package.selection(
      where: "e.tenant_id = $1 AND e.slug = $2 AND e.status = 'published'", orderBy: "e.id", limit: "1"),
    name: "packages.published")

  private static let packagesBySlugs = PostgresStatement(
    Package.selection(
      where: "e.tenant_id = $1 AND e.slug = ANY ($2) AND e.status = 'published'", orderBy: "e.id", limit: "ALL"),
    name: "packages.published_by_slugs")

  private static let segmentBySlug = PostgresStatement(
    Segment.selection(where: "e.tenant_id = $1 AND e.slug = $2 AND e.active", orderBy: "e.id", limit: "1"),
    name: "segments.active")
}
