package import Kernel
package import TenancyDomain

/// Tenants and keys in memory.
package struct InMemoryTenantRepository: TenantRepositoryPort {
  private let database: InMemoryDatabase

  /// A repository over a database.
  package init(database: InMemoryDatabase) { self.database = database }

  package func holder(of digest: Digest) async throws -> KeyHolder? {
    database.withDirectory { $0.holder(of: digest) }
  }

  package func activeTenants() async throws -> [Tenant] {
    let tenants = database.withDirectory { $0.tenants.values.filter { $0.status == .active } }
    return tenants.sorted { ($0.createdAt, $0.id.raw) < ($1.createdAt, $1.id.raw) }
  }

  package func insert(_ tenant: Tenant, keys: [StoredKey]) async throws {
    try database.withDirectory { (tables) throws(DomainError) in try tables.insert(tenant, keys: keys) }
  }

  package func setStatus(_ tenant: TenantID, _ status: Tenant.Status) async throws -> Tenant? {
    database.withDirectory { $0.setStatus(tenant, status) }
  }

  package func find(slug: Slug) async throws -> Tenant? {
    database.withDirectory { tables in tables.tenants.values.first { $0.slug == slug } }
  }

  package func list(_ page: PageRequest) async throws -> [Tenant] {
    try database.withDirectory { Array($0.tenants.values) }.checkedPage(page, by: \.place)
  }

  package func replaceKeys(_ tenant: TenantID, with keys: [StoredKey]) async throws -> Bool {
    try database.withDirectory { (tables) throws(DomainError) in try tables.replaceKeys(tenant, with: keys) }
  }

  package func delete(_ tenant: TenantID) async throws -> Bool {
    guard database.withDirectory({ $0.delete(tenant) }) else { return false }
    database.forget(tenant)
    return true
  }
}
