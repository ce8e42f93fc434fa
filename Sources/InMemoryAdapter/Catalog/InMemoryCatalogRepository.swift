package import CatalogDomain
import Kernel

/// One kind of catalog record in memory: what the repositories below share.
protocol InMemoryCatalogRepository<Row>: CatalogRepositoryPort where Entity == Row.Entity {
  associatedtype Row: CatalogRow

  var database: InMemoryDatabase { get }
}

extension InMemoryCatalogRepository {
  package func find(_ tenant: TenantID, _ reference: CatalogReference<Row.Entity>) async throws -> Row.Entity? {
    let tables = database.read(tenant) { $0.catalog }
    let rows = tables[keyPath: Row.table]
    let row =
      switch reference {
      case .id(let id): rows[id]
      case .slug(let slug): rows.named(slug)
      }
    return row?.entity(in: tables)
  }

  package func list(_ tenant: TenantID, _ page: PageRequest) async throws -> [Row.Entity] {
    let tables = database.read(tenant) { $0.catalog }
    return try tables[keyPath: Row.table].all.map { $0.entity(in: tables) }.checkedPage(page, by: \.creationPlace)
  }

  package func insert(
    _ tenant: TenantID, id: ID<Row.Entity>, _ fields: Row.Entity.Fields, at time: Timestamp
  ) async throws -> Row.Entity {
    try database.write(tenant) { (tables) throws(DomainError) in
      guard tables.catalog[keyPath: Row.table][id] == nil else {
        throw DomainError(.internalError, "The identifier of the \(Row.Entity.name) is in use.")
      }
      let stamp = RowStamp(id: id, version: 1, createdAt: time, updatedAt: time)
      return try Self.put(stamp, fields, in: &tables.catalog)
    }
  }

  package func update(
    _ tenant: TenantID, _ entity: Row.Entity, _ fields: Row.Entity.Fields, at time: Timestamp
  ) async throws -> Row.Entity? {
    try database.write(tenant) { (tables) throws(DomainError) in
      guard let row = tables.catalog[keyPath: Row.table][entity.id], row.version == entity.version else { return nil }
      let stamp = RowStamp(id: entity.id, version: entity.version + 1, createdAt: row.createdAt, updatedAt: time)
      let fields = row.keepingNames(fields, asIn: entity.fields, in: tables.catalog)
      return try Self.put(stamp, fields, in: &tables.catalog)
    }
  }

  package func delete(_ tenant: TenantID, _ entity: Row.Entity) async throws -> Bool {
    try database.write(tenant) { (tables) throws(DomainError) in
      guard tables.catalog[keyPath: Row.table][entity.id]?.version == entity.version else { return false }
      try Row.prepareRemoval(of: entity.id, in: &tables.catalog)
      tables.catalog[keyPath: Row.table].remove(entity.id)
      return true
    }
  }

  private static func put(
    _ stamp: RowStamp<Row.Entity>, _ fields: Row.Entity.Fields, in tables: inout CatalogTables
  ) throws(DomainError) -> Row.Entity {
    let row = try Row(stamp, fields, in: tables)
    try tables[keyPath: Row.table].put(row)
    return row.entity(in: tables)
  }
}

/// Segments in memory.
package struct InMemorySegmentRepository: InMemoryCatalogRepository {
  typealias Row = SegmentRow
  package typealias Entity = Segment

  let database: InMemoryDatabase

  /// A repository over a database.
  package init(database: InMemoryDatabase) { self.database = database }
}

/// Add-ons in memory.
package struct InMemoryAddOnRepository: InMemoryCatalogRepository {
  typealias Row = AddOnRow
  package typealias Entity = AddOn

  let database: InMemoryDatabase

  /// A repository over a database.
  package init(database: InMemoryDatabase) { self.database = database }
}

/// Venues in memory.
package struct InMemoryVenueRepository: InMemoryCatalogRepository {
  typealias Row = VenueRow
  package typealias Entity = Venue

  let database: InMemoryDatabase

  /// A repository over a database.
  package init(database: InMemoryDatabase) { self.database = database }
}

/// Packages in memory.
package struct InMemoryPackageRepository: InMemoryCatalogRepository {
  typealias Row = PackageRow
  package typealias Entity = Package

  let database: InMemoryDatabase

  /// A repository over a database.
  package init(database: InMemoryDatabase) { self.database = database }
}
