import Caching
package import CatalogDomain
package import Kernel
import PostgresClient

/// Many packages at once in PostgreSQL: some hundreds of rows in each of its round trips, all in one transaction.
package struct PostgresPackageBulk: PackageBulkPort {
  private let database: TenantDatabase
  /// Imports of a tenant wait for each other here, and for those of other processes in the database: there each that waits
  /// takes a connection that other tenants need.
  private let turns: TenantTurns

  /// Bulk writes to a database. One for a process.
  /// - Parameter patience: how long an import waits for another of its tenant.
  package init(database: TenantDatabase, patience: Duration = .seconds(30)) {
    self.database = database
    turns = TenantTurns(patience: patience)
  }

  package func upsert(
    _ tenant: TenantID, _ source: any PackageRowSource, keepsGoing: Bool, at time: Timestamp, newID: IDGenerator
  ) async throws -> PackageImportReport {
    try await turns.begin(tenant)
    defer { turns.end(tenant) }
    do {
      return try await database.transaction(tenant) { transaction in
        _ = try await transaction.query(PostgresQuery(Self.queue, [.tenant(tenant)]))
        let known = try await KnownReferences(tenant, transaction)
        var work = PackageImport(references: known.slugs, keepsGoing: keepsGoing)
        var reader = try await source.open()
        while case let rows = try await reader.next(), !rows.isEmpty {
          let present = try await Self.present(rows.compactMap(\.slug), tenant, transaction)
          var changes: [Package.Fields] = []
          for row in rows {
            if let fields = try work.admit(row, over: row.slug.flatMap { present[$0] }) { changes.append(fields) }
          }
          guard work.isWanted, !changes.isEmpty else { continue }
          _ = try await transaction.query(try PackageBatch(changes, known).query(tenant, time, newID))
        }
        guard work.isWanted else { throw Unwanted(report: work.outcome) }
        if work.outcome.hasChanges { _ = try await transaction.query(Outbox.word(of: [CatalogTag.offers], tenant)) }
        return work.outcome
      }
    } catch let unwanted as Unwanted {
      return unwanted.report
    }
  }

  /// Rolls the transaction back.
  private struct Unwanted: Error {
    let report: PackageImportReport
  }

  /// The packages of some slugs, kept from others' changes until the transaction ends.
  private static func present(
    _ slugs: [Slug], _ tenant: TenantID, _ transaction: PostgresTransaction
  ) async throws -> [Slug: Package.Fields] {
    let parameters: [PostgresValue] = [.tenant(tenant), .textArray(slugs.map(\.description))]
    let answers = try await transaction.batch([PostgresQuery(lock, parameters), PostgresQuery(bySlugs, parameters)])
    let fields = try Package.records(answers[1]).map { ($0.fields.slug, $0.fields) }
    return Dictionary(fields) { first, _ in first }
  }

  /// One import of a tenant at a time: two that bring the same new slugs in different orders would lock each other out.
  private static let queue = PostgresStatement(
    "SELECT pg_advisory_xact_lock(hashtextextended('packages.bulk/' || $1::uuid::text, 0))", name: "packages.bulk_queue"
  )

  private static let lock = PostgresStatement(
    "SELECT 1 FROM packages WHERE tenant_id = $1 AND slug = ANY ($2) ORDER BY id FOR UPDATE",
    name: "packages.bulk_lock")

  private static let bySlugs = PostgresStatement(
    Package.selection(where: "e.tenant_id = $1 AND e.slug = ANY ($2)", orderBy: "e.id", limit: "ALL"),
    name: "packages.bulk_find")
}

/// Every segment and add-on of a tenant that packages may name, kept as they are until the transaction ends.
struct KnownReferences: Sendable {
  private(set) var segments: [Slug: (id: UniqueID, sortOrder: Int)] = [:]
  private(set) var addOns: [Slug: ID<AddOn>] = [:]

  init(_ tenant: TenantID, _ transaction: PostgresTransaction) async throws {
    let answers = try await transaction.batch([
      PostgresQuery(Self.findSegments, [.tenant(tenant)]), PostgresQuery(Self.findAddOns, [.tenant(tenant)]),
    ])
    for row in answers[0] {
      let (id, order): (UniqueID, Int) = (try row.decode(1), try row.decode(2))
      segments[try row.decode(0)] = (id, order)
    }
    for row in answers[1] { addOns[try row.decode(0)] = try row.decode(1) }
  }

  var slugs: PackageImport.References { .init(segments: Set(segments.keys), addOns: Set(addOns.keys)) }

  private static let findSegments = PostgresStatement(
    "SELECT slug, id, sort_order FROM segments WHERE tenant_id = $1 ORDER BY id FOR KEY SHARE",
    name: "segments.resolve_all")

  private static let findAddOns = PostgresStatement(
    "SELECT slug, id FROM add_ons WHERE tenant_id = $1 ORDER BY id FOR KEY SHARE", name: "add_ons.resolve_all")
}
