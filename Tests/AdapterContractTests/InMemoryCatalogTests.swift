import CatalogDomain
import InMemoryAdapter
import Kernel
import PortContracts
import Testing

@Suite("In-memory catalog")
struct InMemoryCatalogTests {
  private let database = InMemoryDatabase()

  @Test("Segments keep the rules of their port", arguments: CatalogRepositoryContract<Segment>.allRules)
  func obeys(_ rule: ContractRule<CatalogRepositoryContract<Segment>>) async throws {
    let tenants = try await TenantPair.insert(into: InMemoryTenantRepository(database: database))
    try await rule.check(
      CatalogRepositoryContract(repository: InMemorySegmentRepository(database: database), tenants: tenants))
  }

  @Test("Add-ons keep the rules of their port", arguments: CatalogRepositoryContract<AddOn>.allRules)
  func obeys(_ rule: ContractRule<CatalogRepositoryContract<AddOn>>) async throws {
    let tenants = try await TenantPair.insert(into: InMemoryTenantRepository(database: database))
    try await rule.check(
      CatalogRepositoryContract(repository: InMemoryAddOnRepository(database: database), tenants: tenants))
  }

  @Test("Packages keep the rules of their port", arguments: CatalogRepositoryContract<Package>.allRules)
  func obeys(_ rule: ContractRule<CatalogRepositoryContract<Package>>) async throws {
    let tenants = try await TenantPair.insert(into: InMemoryTenantRepository(database: database))
    try await rule.check(
      CatalogRepositoryContract(repository: InMemoryPackageRepository(database: database), tenants: tenants))
  }

  @Test("Venues keep the rules of their port", arguments: CatalogRepositoryContract<Venue>.rules)
  func obeys(_ rule: ContractRule<CatalogRepositoryContract<Venue>>) async throws {
    let tenants = try await TenantPair.insert(into: InMemoryTenantRepository(database: database))
    try await rule.check(
      CatalogRepositoryContract(repository: InMemoryVenueRepository(database: database), tenants: tenants))
  }

  @Test("Bulk writes keep the rules of their port", arguments: PackageBulkContract.rules)
  func obeys(_ rule: ContractRule<PackageBulkContract>) async throws {
    try await rule.check(
      PackageBulkContract(
        bulk: InMemoryPackageBulk(database: database), packages: InMemoryPackageRepository(database: database),
        segments: InMemorySegmentRepository(database: database), addOns: InMemoryAddOnRepository(database: database),
        tenants: try await TenantPair.insert(into: InMemoryTenantRepository(database: database))))
  }

  @Test("The ports keep the rules of a catalog together", arguments: CatalogContract.rules)
  func obeys(_ rule: ContractRule<CatalogContract>) async throws {
    try await rule.check(
      CatalogContract(
        reader: InMemoryCatalogReader(database: database), segments: InMemorySegmentRepository(database: database),
        addOns: InMemoryAddOnRepository(database: database), packages: InMemoryPackageRepository(database: database),
        venues: InMemoryVenueRepository(database: database),
        tenants: try await TenantPair.insert(into: InMemoryTenantRepository(database: database))))
  }
}
