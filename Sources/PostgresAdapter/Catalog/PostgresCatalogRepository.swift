package import CatalogDomain
package import Kernel
import PostgresClient

/// Segments in PostgreSQL.
package typealias PostgresSegmentRepository = PostgresCatalogRepository<Segment>
/// Add-ons in PostgreSQL.
package typealias PostgresAddOnRepository = PostgresCatalogRepository<AddOn>
/// Packages in PostgreSQL.
package typealias PostgresPackageRepository = PostgresCatalogRepository<Package>
/// Venues in PostgreSQL.
package typealias PostgresVenueRepository = PostgresCatalogRepository<Venue>

/// One kind of catalog record in PostgreSQL, as staff work with it. Reads are of the primary: staff see what they wrote.
package struct PostgresCatalogRepository<Entity: CatalogRecord>: CatalogRepositoryPort {
  private let database: TenantDatabase

  /// A repository over a database.
  package init(database: TenantDatabase) { self.database = database }

  package func find(_ tenant: TenantID, _ reference: CatalogReference<Entity>) async throws -> Entity? {
    switch reference {
    case .id(let id): return try await first(Self.byID(tenant, id), tenant)
    case .slug(let slug):
      guard Entity.hasSlug, Slug.isWellFormed(slug) else { return nil }
      return try await first(PostgresQuery(Self.bySlug, [.tenant(tenant), .text(slug)]), tenant)
    }
  }

  package func list(_ tenant: TenantID, _ page: PageRequest) async throws -> [Entity] {
    let keyset = Keyset(.init("e.id", .id))
    var parameters = Parameters(tenant)
    var condition = "e.tenant_id = $1"
    if let place = page.after { condition += " AND " + (try keyset.condition(after: place, &parameters)) }
    let limit = parameters.add(.int(page.limit + 1))
    let statement = PostgresStatement(
      Entity.selection(where: condition, orderBy: keyset.orderBy, limit: limit), name: "\(Entity.table).list")
    return try Entity.records(try await database.read(tenant, PostgresQuery(statement, parameters.values)))
  }

  package func insert(
    _ tenant: TenantID, id: ID<Entity>, _ fields: Entity.Fields, at time: Timestamp
  ) async throws -> Entity {
    let references = Entity.references(fields)
    return try await database.transaction(tenant, refusals: Entity.refusals(fields)) { transaction in
      let found = try references.resolve(try await transaction.batch(references.queries(tenant))[...])
      let insertion = PostgresQuery(
        Self.insertion, [.tenant(tenant), .id(id), .time(time)] + Entity.values(fields, found))
      return try await write(insertion, tenant, id, Entity.tags(of: [fields]), transaction)
    }
  }

  package func update(
    _ tenant: TenantID, _ entity: Entity, _ fields: Entity.Fields, at time: Timestamp
  ) async throws -> Entity? {
    let references = Entity.references(fields)
    return try await database.transaction(tenant, refusals: Entity.refusals(fields)) { transaction in
      let lock = PostgresQuery(Self.lock, [.tenant(tenant), .id(entity.id), .int(entity.version)])
      let answers = try await transaction.batch(references.queries(tenant) + [lock])
      guard answers.last?.isEmpty == false else { return nil }
      let found = try references.resolve(answers[...])
      let update = PostgresQuery(
        Self.update, [.tenant(tenant), .id(entity.id), .time(time)] + Entity.values(fields, found))
      let tags = Entity.tags(of: [entity.fields, fields])
      return try await write(update, tenant, entity.id, tags, transaction)
    }
  }

  package func delete(_ tenant: TenantID, _ entity: Entity) async throws -> Bool {
    let inUse = DomainError(.segmentInUse, "Packages or add-ons are in this segment.")
    let deletion = PostgresQuery(
      Self.deletion,
      [.tenant(tenant), .id(entity.id), .int(entity.version), .textArray(Entity.tags(of: [entity.fields]))])
    let answers = try await database.write(
      tenant, [deletion], refusals: ["packages_segment_fkey": inUse, "add_ons_segment_fkey": inUse])
    return answers.first?.isEmpty == false
  }

  /// Writes a row, leaves word, and reads the record as it now is: one round trip.
  private func write(
    _ row: PostgresQuery, _ tenant: TenantID, _ id: ID<Entity>, _ tags: [String], _ transaction: PostgresTransaction
  ) async throws -> Entity {
    let queries = [row, Outbox.word(of: tags, tenant), Self.byID(tenant, id)]
    guard let rows = try await transaction.batch(queries).last, let entity = try Entity.records(rows).first else {
      throw DomainError(.internalError, "The \(Entity.name) that was written is not there.")
    }
    return entity
  }

  private func first(_ query: PostgresQuery, _ tenant: TenantID) async throws -> Entity? {
    try Entity.records(try await database.read(tenant, query)).first
  }
}

extension PostgresCatalogRepository {
  private static func byID(_ tenant: TenantID, _ id: ID<Entity>) -> PostgresQuery {
    PostgresQuery(
      PostgresStatement(
        Entity.selection(where: "e.tenant_id = $1 AND e.id = $2", orderBy: "e.id", limit: "1"),
        name: "\(Entity.table).find"),
      [.tenant(tenant), .id(id)])
  }

  private static var bySlug: PostgresStatement {
    PostgresStatement(
      Entity.selection(where: "e.tenant_id = $1 AND e.slug = $2", orderBy: "e.id", limit: "1"),
      name: "\(Entity.table).find_by_slug")
  }

  private static var insertion: PostgresStatement {
    let places = Entity.writtenColumns.indices.map { "$\($0 + 4)" }
    return PostgresStatement(
      """
      INSERT INTO \(Entity.table) (tenant_id, id, created_at, updated_at, \(Entity.writtenColumns.joined(separator: ", ")))
      VALUES ($1, $2, $3, $3, \(places.joined(separator: ", ")))
      """, name: "\(Entity.table).insert")
  }

  private static var lock: PostgresStatement {
    PostgresStatement(
      "SELECT 1 FROM \(Entity.table) WHERE tenant_id = $1 AND id = $2 AND version = $3 FOR UPDATE",
      name: "\(Entity.table).lock")
  }

  private static var update: PostgresStatement {
    let assignments = Entity.writtenColumns.enumerated().map { "\($1) = $\($0 + 4)" }
    return PostgresStatement(
      """
      UPDATE \(Entity.table) SET version = version + 1, updated_at = $3, \(assignments.joined(separator: ", "))
      WHERE tenant_id = $1 AND id = $2
      """, name: "\(Entity.table).update")
  }

  private static var deletion: PostgresStatement {
    PostgresStatement(
      Outbox.telling(
        "DELETE FROM \(Entity.table) WHERE tenant_id = $1 AND id = $2 AND version = $3 RETURNING id",
        tags: "$4::text[]"),
      name: "\(Entity.table).delete")
  }
}
