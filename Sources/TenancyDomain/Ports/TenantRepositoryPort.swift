package import Kernel

/// Where tenants and their keys are kept. The one repository that is asked before the tenant is known.
package protocol TenantRepositoryPort: Sendable {
  /// The holder of the key with that digest, suspended or not; nil when there is none.
  func holder(of digest: Digest) async throws -> KeyHolder?

  /// Every active tenant, in order of creation.
  func activeTenants() async throws -> [Tenant]

  /// Adds a tenant with its keys, all or nothing. Throws `slugTaken`.
  func insert(_ tenant: Tenant, keys: [StoredKey]) async throws

  /// Suspends or activates a tenant; returns it as it is now, or nil when there is none.
  func setStatus(_ tenant: TenantID, _ status: Tenant.Status) async throws -> Tenant?
}
