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

  /// The tenant with a slug, whatever its status.
  func find(slug: Slug) async throws -> Tenant?

  /// A page of all tenants, whatever their status, in order of their identifiers, and one more when the list goes on.
  func list(_ page: PageRequest) async throws -> [Tenant]

  /// Puts keys in the place of all the tenant has of their kinds, all or nothing; tells whether there is such a tenant.
  func replaceKeys(_ tenant: TenantID, with keys: [StoredKey]) async throws -> Bool

  /// Removes a tenant with its keys and everything it has, bookings and customers included; tells whether it was there.
  func delete(_ tenant: TenantID) async throws -> Bool
}

extension Tenant {
  /// Where a tenant stands in the list of all.
  package var place: SortPlace { SortPlace([.text(id.description)]) }
}
