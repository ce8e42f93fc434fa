import Kernel
import TenancyDomain

/// Tenants and their keys, with what finds them.
struct TenantDirectoryTables: Sendable {
  private(set) var tenants: [TenantID: Tenant] = [:]
  private var slugs: Set<Slug> = []
  private var keys: [Digest: StoredKey] = [:]

  func holder(of digest: Digest) -> KeyHolder? {
    guard let key = keys[digest], let tenant = tenants[key.tenant] else { return nil }
    return KeyHolder(tenant: tenant, key: key)
  }

  mutating func insert(_ tenant: Tenant, keys added: [StoredKey]) throws(DomainError) {
    guard !slugs.contains(tenant.slug) else {
      throw DomainError(.slugTaken, "There is another tenant with the slug \(tenant.slug).")
    }
    guard tenants[tenant.id] == nil else { throw DomainError(.internalError, "The tenant's identifier is in use.") }
    let digests = Set(added.map(\.digest))
    guard digests.count == added.count, digests.allSatisfy({ keys[$0] == nil }) else {
      throw DomainError(.internalError, "A key of the tenant is in use.")
    }
    guard added.allSatisfy({ $0.tenant == tenant.id }) else {
      throw DomainError(.internalError, "A key is another tenant's.")
    }
    tenants[tenant.id] = tenant
    slugs.insert(tenant.slug)
    for key in added { keys[key.digest] = key }
  }

  mutating func setStatus(_ tenant: TenantID, _ status: Tenant.Status) -> Tenant? {
    tenants[tenant]?.status = status
    return tenants[tenant]
  }
}
