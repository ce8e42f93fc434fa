import CatalogDomain
import Kernel
import PortContracts
import PostgresAdapter
import PostgresClient
import TestServers
import Testing

@Suite("Tenants behind a pooler in transaction mode")
struct PoolerTests {
  @Test("Through one connection that all share, and with 100 calls cancelled, no tenant is given another's rows")
  func isolation() async throws {
    let database = try await TestDatabase()
    let pooler = try PgBouncer(server: database.server, poolSize: 1, database: database.name, user: "tenantry")
    var settings = PostgresPoolSettings.patient
    settings.usesPreparedStatements = false
    let client = try TestDatabase.Connection(to: database, settings: settings, url: pooler.url)
    try await poll {
      do { return try await client.node.query("SELECT 1").count == 1 } catch is PostgresError { return false }
    }
    let pair = try await database.fill()
    let reader = PostgresCatalogReader(database: client.tenants)
    let (tenants, slugs) = ([pair.tenant, pair.other], ["mine", "theirs"])
    for (tenant, slug) in zip(tenants, slugs) {
      let packages = PostgresPackageRepository(database: client.tenants)
      _ = try await packages.insert(tenant, id: Fixtures.id(), Fixtures.package(slug), at: Fixtures.time)
    }
    let results = await atOnce(300) { number in
      let (tenant, own) = (tenants[number % 2], slugs[number % 2])
      let call = Task {
        let found = try await reader.packages(tenant, PackageQuery()).map(\.fields.slug.description)
        return found.filter(slugs.contains) == [own]
      }
      guard number % 3 == 0 else { return try await call.value ? Outcome.right : .wrong }
      for _ in 0..<(number % 7) { await Task.yield() }
      call.cancel()
      do { return try await call.value ? .right : .wrong } catch is CancellationError { return .cancelled }
    }
    let outcomes = try results.successes()
    #expect(outcomes.count == 300)
    #expect(!outcomes.contains(.wrong))
    #expect(outcomes.filter { $0 == .right }.count >= 200)
    for (tenant, slug) in zip(tenants, slugs) {
      let found = try await reader.packages(tenant, PackageQuery()).map(\.fields.slug.description)
      #expect(found.filter(slugs.contains) == [slug])
    }
  }

  /// How a call ended.
  private enum Outcome {
    case right
    /// Another's rows, or not all of its own.
    case wrong
    case cancelled
  }
}
