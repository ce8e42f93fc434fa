import CatalogDomain
import PortContracts
import PostgresAdapter
import Testing

@Suite("The catalog in PostgreSQL")
struct PostgresCatalogContractTests {
  @Test("Segments keep the rules of their port", arguments: CatalogRepositoryContract<Segment>.allRules)
  func obeys(_ rule: ContractRule<CatalogRepositoryContract<Segment>>) async throws {
    try await rule.check(try await subject(Segment.self))
  }

  @Test("Add-ons keep the rules of their port", arguments: CatalogRepositoryContract<AddOn>.allRules)
  func obeys(_ rule: ContractRule<CatalogRepositoryContract<AddOn>>) async throws {
    try await rule.check(try await subject(AddOn.self))
  }

  @Test("Packages keep the rules of their port", arguments: CatalogRepositoryContract<Package>.allRules)
  func obeys(_ rule: ContractRule<CatalogRepositoryContract<Package>>) async throws {
    try await rule.check(try await subject(Package.self))
  }

  @Test("Venues keep the rules of their port", arguments: CatalogRepositoryContract<Venue>.rules)
  func obeys(_ rule: ContractRule<CatalogRepositoryContract<Venue>>) async throws {
    try await rule.check(try await subject(Venue.self))
  }

  @Test("Bulk writes keep the rules of their port", arguments: PackageBulkContract.rules)
  func obeys(_ rule: ContractRule<PackageBulkContract>) async throws {
    let database = try await TestDatabase.shared.value
    try await rule.check(
      PackageBulkContract(
        bulk: PostgresPackageBulk(database: database.tenants),
        packages: PostgresPackageRepository(database: database.tenants),
        segments: PostgresSegmentRepository(database: database.tenants),
        addOns: PostgresAddOnRepository(database: database.tenants),
        tenants: try await TenantPair.insert(into: database.directory)))
  }

  @Test("The ports keep the rules of a catalog together", arguments: CatalogContract.rules)
  func obeys(_ rule: ContractRule<CatalogContract>) async throws {
    let database = try await TestDatabase.shared.value
    try await rule.check(
      CatalogContract(
        reader: PostgresCatalogReader(database: database.tenants),
        segments: PostgresSegmentRepository(database: database.tenants),
        addOns: PostgresAddOnRepository(database: database.tenants),
        packages: PostgresPackageRepository(database: database.tenants),
        venues: PostgresVenueRepository(database: database.tenants),
        tenants: try await TenantPair.insert(into: database.directory)))
  }

  private func subject<Entity: CatalogFixture & CatalogRecord>(
    _: Entity.Type
  ) async throws -> CatalogRepositoryContract<Entity> {
    let database = try await TestDatabase.shared.value
    return CatalogRepositoryContract(
      repository: PostgresCatalogRepository<Entity>(database: database.tenants),
      tenants: try await TenantPair.insert(into: database.directory))
  }
}
