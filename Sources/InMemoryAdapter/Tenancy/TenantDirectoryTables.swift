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
    try check(added, tenant.id)
    tenants[tenant.id] = tenant
    slugs.insert(tenant.slug)
    for key in added { keys[key.digest] = key }
  }

  mutating func setStatus(_ tenant: TenantID, _ status: Tenant.Status) -> Tenant? {
    tenants[tenant]?.status = status
    return tenants[tenant]
  }

  mutating func replaceKeys(_ tenant: TenantID, with added: [StoredKey]) throws(DomainError) -> Bool {
    guard tenants[tenant] != nil else { return false }
    try check(added, tenant)
    let kinds = Set(added.map(\.kind))
    for key in keys.values where key.tenant == tenant && kinds.contains(key.kind) { keys[key.digest] = nil }
    for key in added { keys[key.digest] = key }
    return true
  }

  mutating func delete(_ tenant: TenantID) -> Bool {
    guard let gone = tenants.removeValue(forKey: tenant) else { return false }
    slugs.remove(gone.slug)
    for key in keys.values where key.tenant == tenant { keys[key.digest] = nil }
    return true
  }

  private func check(_ added: [StoredKey], _ tenant: TenantID) throws(DomainError) {
    let digests = Set(added.map(\.digest))
    guard digests.count == added.count, digests.allSatisfy({ keys[$0] == nil }) else {
      throw DomainError(.internalError, "A key of the tenant is in use.")
    }
    guard added.allSatisfy({ $0.tenant == tenant }) else {
      throw DomainError(.internalError, "A key is another tenant's.")
    }
  }
}
