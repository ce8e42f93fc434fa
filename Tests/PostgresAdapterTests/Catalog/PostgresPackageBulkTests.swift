import CatalogDomain
import Kernel
import PortContracts
import PostgresAdapter
import PostgresClient
import Synchronization
import Testing

private final class Count: Sendable {
  private let count = Mutex(0)

  var value: Int { count.withLock { $0 } }

  func increment() { count.withLock { $0 += 1 } }
}

@Suite("Bulk writes of packages")
struct PostgresPackageBulkTests {
  @Test("More imports of a tenant than there are connections wait for one elsewhere, and other tenants are served")
  func turns() async throws {
    var settings = PostgresPoolSettings.patient
    settings.maximum = 2
    settings.acquisitionDeadline = .seconds(2)
    let database = try await TestDatabase()
    let pair = try await TenantPair.insert(into: database.directory)
    let narrow = try TestDatabase.Connection(to: database, settings: settings)
    // Connecting may take longer than callers wait.
    try await poll { narrow.node.pool.statistics.idle == 2 }
    let bulk = PostgresPackageBulk(database: narrow.tenants)
    let asked = Count()
    let imports = try await database.node.transaction { elsewhere in
      _ = try await elsewhere.query(
        "SELECT pg_advisory_xact_lock(hashtextextended('packages.bulk/' || $1::uuid::text, 0))",
        [.text(pair.tenant.description)])
      let imports = (0..<4).map { number in
        Task {
          asked.increment()
          return try await Self.importOne(Fixtures.package("package-\(number)"), pair.tenant, bulk)
        }
      }
      try await poll { asked.value == 4 }
      try await poll { try await database.psql(Self.waiting) == "t" }
      let venues = PostgresVenueRepository(database: narrow.tenants)
      for number in 0..<10 {
        let fields = Venue.Fields(name: "Pier \(number)", city: "Lunenburg")
        _ = try await venues.insert(pair.other, id: Fixtures.id(), fields, at: Fixtures.time)
      }
      imports[3].cancel()
      await #expect(throws: CancellationError.self) { try await imports[3].value }
      return imports
    }
    for number in 0..<3 { #expect(try await imports[number].value.created == 1) }
    let count = "SELECT count(*) FROM packages WHERE tenant_id = '\(pair.tenant)'"
    #expect(try await database.psql(count) == "3")
  }

  @Test("An import that waits too long for another of its tenant is refused, and the next one has its turn")
  func impatience() async throws {
    let database = try await TestDatabase()
    let tenant = try await TenantPair.insert(into: database.directory).tenant
    let bulk = PostgresPackageBulk(database: database.tenants, patience: .milliseconds(50))
    let first = try await database.node.transaction { elsewhere in
      _ = try await elsewhere.query(
        "SELECT pg_advisory_xact_lock(hashtextextended('packages.bulk/' || $1::uuid::text, 0))",
        [.text(tenant.description)])
      let first = Task { try await Self.importOne(Fixtures.package("package-1"), tenant, bulk) }
      try await poll { try await database.psql(Self.waiting) == "t" }
      let refusal = await #expect(throws: DomainError.self) {
        try await Self.importOne(Fixtures.package("package-2"), tenant, bulk)
      }
      #expect(refusal?.code == .unavailable)
      return first
    }
    #expect(try await first.value.created == 1)
    #expect(try await Self.importOne(Fixtures.package("package-3"), tenant, bulk).created == 1)
  }

  /// Whether somebody waits for an advisory lock.
  private static let waiting = """
    SELECT count(*) > 0 FROM pg_locks l JOIN pg_database d ON d.oid = l.database
    WHERE l.locktype = 'advisory' AND NOT l.granted AND d.datname = current_database()
    """

  private static func importOne(
    _ fields: Package.Fields, _ tenant: TenantID, _ bulk: PostgresPackageBulk
  ) async throws -> PackageImportReport {
    let row = PackageRow.draft(PackageDraft(line: 1, slug: fields.slug) { _ in fields })
    return try await bulk.upsert(
      tenant, RowsInMemory(rows: [row]), keepsGoing: false, at: Fixtures.time,
      newID: IDGenerator(clock: ManualClock(), random: SystemRandomSource()))
  }
}
