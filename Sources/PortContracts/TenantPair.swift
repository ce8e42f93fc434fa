package import Kernel
package import TenancyDomain

/// Two tenants in an adapter's database: one that a rule works with, and one that must not notice.
package struct TenantPair: Sendable {
  package let tenant: TenantID
  package let other: TenantID

  /// Inserts two new tenants.
  package static func insert(
    into repository: any TenantRepositoryPort, timeZone: String = "UTC", otherTimeZone: String = "UTC"
  ) async throws -> TenantPair {
    let tenants = (Fixtures.tenant(timeZone: timeZone), Fixtures.tenant(timeZone: otherTimeZone))
    try await repository.insert(tenants.0, keys: [])
    try await repository.insert(tenants.1, keys: [])
    return TenantPair(tenant: tenants.0.id, other: tenants.1.id)
  }
}
