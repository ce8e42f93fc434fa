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
    let answers = try await write(tenant, fields, naming: Entity.references(fields)) { found in
      let values = [.tenant(tenant), .id(id), .time(time)] + Entity.values(fields) + Entity.values(of: found)
      return [
        PostgresQuery(Self.insertion, values), Outbox.word(of: Entity.tags(of: [fields]), tenant),
        Self.byID(tenant, id),
      ]
    }
    return try written(answers)
  }

  package func update(
    _ tenant: TenantID, _ entity: Entity, _ fields: Entity.Fields, at time: Timestamp
  ) async throws -> Entity? {
    let references = Entity.references(fields)
    // What it names already need not be found again, and stays even if it has another slug by now.
    let namesOthers = references != Entity.references(entity.fields)
    let answers = try await write(tenant, fields, naming: namesOthers ? references : CatalogReferences()) { found in
      let change: [PostgresValue] = [
        .tenant(tenant), .id(entity.id), .int(entity.version), .time(time),
        .textArray(Entity.tags(of: [entity.fields, fields])),
      ]
      let values = Entity.values(fields) + (namesOthers ? Entity.values(of: found) : [])
      return [PostgresQuery(Self.update(namesOthers), change + values), Self.byID(tenant, entity.id)]
    }
    return answers.first?.isEmpty == false ? try written(answers) : nil
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

  /// Runs statements that write fields: in one round trip, or in a transaction that first finds what they name.
  private func write(
    _ tenant: TenantID, _ fields: Entity.Fields, naming references: CatalogReferences,
    _ statements: @Sendable (ResolvedReferences) -> [PostgresQuery]
  ) async throws -> [PostgresRows] {
    let (refusals, queries) = (Entity.refusals(fields), references.queries(tenant))
    if queries.isEmpty { return try await database.write(tenant, statements(ResolvedReferences()), refusals: refusals) }
    return try await database.transaction(tenant, refusals: refusals) { transaction in
      let found = try references.resolve(try await transaction.batch(queries)[...])
      return try await transaction.batch(statements(found))
    }
  }

  /// The record as it now is, out of the last answer.
  private func written(_ answers: [PostgresRows]) throws -> Entity {
    guard let entity = try answers.last.flatMap({ try Entity.records($0).first }) else {
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
    let columns = Entity.fieldColumns + Entity.referenceColumns
    let places = columns.indices.map { "$\($0 + 4)" }
    return PostgresStatement(
      """
      INSERT INTO \(Entity.table) (tenant_id, id, created_at, updated_at, \(columns.joined(separator: ", ")))
      VALUES ($1, $2, $3, $3, \(places.joined(separator: ", ")))
      """, name: "\(Entity.table).insert")
  }

  /// Changes a record of a version, and leaves word.
  private static func update(_ namesOthers: Bool) -> PostgresStatement {
    let columns = Entity.fieldColumns + (namesOthers ? Entity.referenceColumns : [])
    let assignments = columns.enumerated().map { "\($1) = $\($0 + 6)" }
    return PostgresStatement(
      Outbox.telling(
        """
        UPDATE \(Entity.table) SET version = version + 1, updated_at = $4, \(assignments.joined(separator: ", "))
        WHERE tenant_id = $1 AND id = $2 AND version = $3 RETURNING id
        """, tags: "$5::text[]"),
      name: "\(Entity.table).update")
  }

  private static var deletion: PostgresStatement {
    PostgresStatement(
      Outbox.telling(
        "DELETE FROM \(Entity.table) WHERE tenant_id = $1 AND id = $2 AND version = $3 RETURNING id",
        tags: "$4::text[]"),
      name: "\(Entity.table).delete")
  }
}
