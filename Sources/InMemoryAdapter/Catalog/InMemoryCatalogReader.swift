package import CatalogDomain
package import Kernel

/// A tenant's catalog in memory, as storefronts see it.
package struct InMemoryCatalogReader: CatalogReadPort {
  private let database: InMemoryDatabase

  /// A reader over a database.
  package init(database: InMemoryDatabase) { self.database = database }

  package func packages(_ tenant: TenantID, _ query: PackageQuery) async throws -> [Package] {
    let tables = tables(tenant)
    var segment: ID<Segment>?
    if let slug = query.segment {
      guard let row = tables.segments.named(slug) else { return [] }
      segment = row.id
    }
    let text = query.text?.lowercased()
    let rows = tables.packages.all.filter { row in
      row.fields.status == .published
        && (segment == nil || row.segment == segment)
        && (query.grouping == nil || row.fields.grouping == query.grouping)
        && (text.map(row.fields.contains) ?? true)
    }
    return try rows.map { $0.entity(in: tables) }.checkedPage(query.page, by: query.sort.place)
  }

  package func package(_ tenant: TenantID, slug: String) async throws -> Package? {
    let tables = tables(tenant)
    guard let row = tables.packages.named(slug), row.fields.status == .published else { return nil }
    return row.entity(in: tables)
  }

  package func packages(_ tenant: TenantID, slugs: [String]) async throws -> [Package] {
    let tables = tables(tenant)
    return Set(slugs).compactMap { tables.packages.named($0) }.filter { $0.fields.status == .published }
      .map { $0.entity(in: tables) }
  }

  package func segments(_ tenant: TenantID, _ page: PageRequest) async throws -> [Segment] {
    try tables(tenant).segments.all.map(\.entity).filter(\.fields.active).checkedPage(page, by: \.place)
  }

  package func segment(_ tenant: TenantID, slug: String) async throws -> Segment? {
    guard let segment = tables(tenant).segments.named(slug)?.entity, segment.fields.active else { return nil }
    return segment
  }

  package func addOns(_ tenant: TenantID, segment slug: String?, _ page: PageRequest) async throws -> [AddOn] {
    let tables = tables(tenant)
    var rows = tables.addOns.all.filter(\.fields.active)
    if let slug {
      guard let segment = tables.segments.named(slug) else { return [] }
      rows.removeAll { $0.segment != segment.id }
    }
    return try rows.map { $0.entity(in: tables) }.checkedPage(page, by: \.place)
  }

  package func venues(_ tenant: TenantID, city: String?, _ page: PageRequest) async throws -> [Venue] {
    let venues = tables(tenant).venues.all.map(\.entity)
    return try venues.filter { $0.fields.active && (city == nil || $0.fields.city == city) }
      .checkedPage(page, by: \.place)
  }

  private func tables(_ tenant: TenantID) -> CatalogTables { database.read(tenant) { $0.catalog } }
}

extension Package.Fields {
  /// Whether a text in lower case is found in title or description.
  fileprivate func contains(_ text: String) -> Bool {
    title.lowercased().contains(text) || description.lowercased().contains(text)
  }
}
