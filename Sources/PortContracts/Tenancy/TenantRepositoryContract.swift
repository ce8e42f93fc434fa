import Kernel
package import TenancyDomain

/// What every ``TenantRepositoryPort`` keeps. The database may hold other tenants besides.
package struct TenantRepositoryContract: Sendable {
  let repository: any TenantRepositoryPort

  /// A subject of the rules.
  package init(repository: any TenantRepositoryPort) { self.repository = repository }

  /// All rules.
  package static let rules = keyRules + insertionRules + statusRules + operatorRules

  private static let keyRules: [ContractRule<Self>] = [
    ContractRule("Each key of a tenant finds the tenant as it was inserted, and itself") { subject in
      let tenant = Fixtures.tenant(timeZone: "America/Halifax")
      let keys = [Fixtures.key(of: tenant), Fixtures.key(of: tenant, .secret)]
      try await subject.repository.insert(tenant, keys: keys)
      for key in keys {
        let holder = try await subject.repository.holder(of: key.digest)
        try requireEqual(holder, KeyHolder(tenant: tenant, key: key), "the holder")
      }
    },
    ContractRule("An unknown key finds nobody") { subject in
      let tenant = try await subject.insertTenant()
      try requireEqual(try await subject.repository.holder(of: Fixtures.key(of: tenant).digest), nil, "the holder")
    },
  ]

  private static let insertionRules: [ContractRule<Self>] = [
    ContractRule("A slug is one tenant's: the second is refused with slugTaken, and its keys are not kept") { subject in
      let first = try await subject.insertTenant()
      let second = Fixtures.tenant(slug: first.slug)
      let key = Fixtures.key(of: second)
      try await requireRefusal(.slugTaken) { try await subject.repository.insert(second, keys: [key]) }
      try requireEqual(try await subject.repository.holder(of: key.digest), nil, "the holder of the refused key")
      try requireEqual(try await subject.repository.setStatus(second.id, .active), nil, "the refused tenant")
    },
    ContractRule("A tenant with a key that is in use is not inserted at all") { subject in
      let first = Fixtures.tenant()
      let key = Fixtures.key(of: first)
      try await subject.repository.insert(first, keys: [key])
      let second = Fixtures.tenant()
      let others = [Fixtures.key(of: second), StoredKey(digest: key.digest, kind: .secret, tenant: second.id)]
      let outcome = await atOnce(1) { _ in try await subject.repository.insert(second, keys: others) }
      try require(outcome.allSatisfy { if case .failure = $0 { true } else { false } }, "the insertion succeeded")
      try requireEqual(try await subject.repository.holder(of: others[0].digest), nil, "the holder of the other key")
      try requireEqual(try await subject.repository.holder(of: key.digest)?.tenant, first, "the holder of the key")
      try await subject.repository.insert(second, keys: [others[0]])
    },
    ContractRule("Of 20 tenants inserted at once with one slug exactly one is kept, with its key") { subject in
      let slug = Fixtures.tenant().slug
      let tenants = (0..<20).map { _ in Fixtures.tenant(slug: slug) }
      let keys = tenants.map { Fixtures.key(of: $0) }
      let results = await atOnce(20) { number in
        try await subject.repository.insert(tenants[number], keys: [keys[number]])
        return number
      }
      try requireEqual(try results.successes(elseRefusedWith: .slugTaken).count, 1, "tenants inserted")
      var holders: [KeyHolder] = []
      for key in keys { holders += [try await subject.repository.holder(of: key.digest)].compactMap(\.self) }
      try requireEqual(holders.count, 1, "keys kept")
    },
  ]

  private static let statusRules: [ContractRule<Self>] = [
    ContractRule("Active tenants come in order of creation, whatever the order of insertion") { subject in
      let tenants = (0..<5).map { Fixtures.tenant(createdAt: Fixtures.time(plus: $0)) }
      for position in [3, 0, 4, 1, 2] { try await subject.repository.insert(tenants[position], keys: []) }
      let ids = tenants.map(\.id)
      let active = try await subject.repository.activeTenants().map(\.id).filter(ids.contains)
      try requireEqual(active, ids, "the active tenants")
    },
    ContractRule("A suspended tenant is not active, and its keys tell so; others are untouched") { subject in
      let (tenant, bystander) = (Fixtures.tenant(), try await subject.insertTenant())
      let key = Fixtures.key(of: tenant)
      try await subject.repository.insert(tenant, keys: [key])
      let changed = try await subject.repository.setStatus(tenant.id, .suspended)
      var suspended = tenant
      suspended.status = .suspended
      try requireEqual(changed, suspended, "the tenant")
      try requireEqual(try await subject.repository.holder(of: key.digest)?.tenant, suspended, "the holder of the key")
      let active = try await subject.repository.activeTenants()
      try require(!active.contains { $0.id == tenant.id }, "the suspended tenant is listed as active")
      try require(active.contains(bystander), "the other tenant is not listed as active")
    },
    ContractRule("A tenant that is activated again is as before") { subject in
      let tenant = try await subject.insertTenant()
      _ = try await subject.repository.setStatus(tenant.id, .suspended)
      try requireEqual(try await subject.repository.setStatus(tenant.id, .active), tenant, "the tenant")
      let active = try await subject.repository.activeTenants()
      try require(active.contains(tenant), "the tenant is not listed as active")
    },
    ContractRule("The status of a tenant that is not there cannot be set") { subject in
      try requireEqual(try await subject.repository.setStatus(Fixtures.tenant().id, .suspended), nil, "the tenant")
    },
  ]

  func insertTenant() async throws -> Tenant {
    let tenant = Fixtures.tenant()
    try await repository.insert(tenant, keys: [])
    return tenant
  }
}
