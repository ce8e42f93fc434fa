import InMemoryAdapter
import PortContracts
import Testing

@Suite("In-memory tenants")
struct InMemoryTenancyTests {
  @Test("The repository keeps the rules of its port", arguments: TenantRepositoryContract.rules)
  func obeys(_ rule: ContractRule<TenantRepositoryContract>) async throws {
    try await rule.check(
      TenantRepositoryContract(repository: InMemoryTenantRepository(database: InMemoryDatabase())))
  }
}
