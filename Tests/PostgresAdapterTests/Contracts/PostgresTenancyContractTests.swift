import PortContracts
import PostgresAdapter
import Testing

@Suite("Tenants in PostgreSQL")
struct PostgresTenancyContractTests {
  @Test("The repository keeps the rules of its port", arguments: TenantRepositoryContract.rules)
  func obeys(_ rule: ContractRule<TenantRepositoryContract>) async throws {
    let database = try await TestDatabase.shared.value
    try await rule.check(TenantRepositoryContract(repository: database.directory))
  }
}
