import PortContracts
import PostgresAdapter
import TenancyDomain
import Testing

@Suite("Tenants and the audit log in PostgreSQL")
struct PostgresTenancyContractTests {
  @Test("The repository keeps the rules of its port", arguments: TenantRepositoryContract.rules)
  func obeys(_ rule: ContractRule<TenantRepositoryContract>) async throws {
    let database = try await TestDatabase.shared.value
    try await rule.check(TenantRepositoryContract(repository: database.directory))
  }

  @Test("The audit log keeps the rules of its port", arguments: AuditLogContract.rules)
  func audits(_ rule: ContractRule<any AuditLogPort>) async throws {
    let database = try await TestDatabase.shared.value
    try await rule.check(PostgresAuditLog(platform: database.platform))
  }
}
