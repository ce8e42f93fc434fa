import InMemoryAdapter
import PortContracts
import TenancyDomain
import Testing

@Suite("In-memory tenants, audit log and sessions")
struct InMemoryTenancyTests {
  @Test("The repository keeps the rules of its port", arguments: TenantRepositoryContract.rules)
  func obeys(_ rule: ContractRule<TenantRepositoryContract>) async throws {
    try await rule.check(
      TenantRepositoryContract(repository: InMemoryTenantRepository(database: InMemoryDatabase())))
  }

  @Test("The audit log keeps the rules of its port", arguments: AuditLogContract.rules)
  func audits(_ rule: ContractRule<any AuditLogPort>) async throws { try await rule.check(InMemoryAuditLog()) }

  @Test("Sessions in a store in memory keep the rules of their port", arguments: SessionStoreContract.rules)
  func signsIn(_ rule: ContractRule<any SessionStorePort>) async throws {
    try await rule.check(StoredSessions(store: InMemoryCacheStore()))
  }
}
