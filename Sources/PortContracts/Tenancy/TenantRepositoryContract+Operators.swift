import Kernel
import TenancyDomain

/// What operators may count on.
extension TenantRepositoryContract {
  static let operatorRules: [ContractRule<Self>] = [
    ContractRule("A tenant is found by its slug, whatever its status, and not by another") { subject in
      var tenant = try await subject.insertTenant()
      try requireEqual(try await subject.repository.find(slug: tenant.slug), tenant, "the tenant")
      _ = try await subject.repository.setStatus(tenant.id, .suspended)
      tenant.status = .suspended
      try requireEqual(try await subject.repository.find(slug: tenant.slug), tenant, "the suspended tenant")
      try requireEqual(try await subject.repository.find(slug: Fixtures.tenant().slug), nil, "an unknown slug")
    },
    ContractRule("The list of all tenants meets each once, suspended ones too, in pages") { subject in
      var tenants: [Tenant] = []
      for _ in 0..<7 { tenants.append(try await subject.insertTenant()) }
      _ = try await subject.repository.setStatus(tenants[3].id, .suspended)
      tenants[3].status = .suspended
      let walked = try await walk(limit: 2, place: \.place) { try await subject.repository.list($0) }
      try requireEqual(
        walked.filter { tenant in tenants.contains { $0.id == tenant.id } }, tenants.sorted { $0.id.raw < $1.id.raw },
        "the tenants")
    },
    ContractRule("New keys take the place of those of their kind, and of no other key") { subject in
      let tenant = Fixtures.tenant()
      let (publishable, secret) = (Fixtures.key(of: tenant), Fixtures.key(of: tenant, .secret))
      try await subject.repository.insert(tenant, keys: [publishable, secret])
      let bystander = Fixtures.tenant()
      let foreign = Fixtures.key(of: bystander, .secret)
      try await subject.repository.insert(bystander, keys: [foreign])
      let new = Fixtures.key(of: tenant, .secret)
      try requireEqual(try await subject.repository.replaceKeys(tenant.id, with: [new]), true, "whether it was done")
      try requireEqual(try await subject.repository.holder(of: secret.digest), nil, "the holder of the old key")
      for key in [publishable, new] {
        try requireEqual(try await subject.repository.holder(of: key.digest)?.key, key, "the holder of a key")
      }
      try requireEqual(try await subject.repository.holder(of: foreign.digest)?.tenant, bystander, "the other tenant")
    },
    ContractRule("A key that is in use replaces nothing, and a tenant that is not there gets no keys") { subject in
      let (tenant, other) = (Fixtures.tenant(), Fixtures.tenant())
      let (old, taken) = (Fixtures.key(of: tenant), Fixtures.key(of: other))
      try await subject.repository.insert(tenant, keys: [old])
      try await subject.repository.insert(other, keys: [taken])
      let again = StoredKey(digest: taken.digest, kind: .publishable, tenant: tenant.id)
      try await requireRefusal(.internalError) {
        _ = try await subject.repository.replaceKeys(tenant.id, with: [again])
      }
      try requireEqual(try await subject.repository.holder(of: old.digest)?.tenant, tenant, "the holder of the old key")
      let nobody = Fixtures.tenant()
      let done = try await subject.repository.replaceKeys(nobody.id, with: [Fixtures.key(of: nobody)])
      try requireEqual(done, false, "whether it was done")
    },
    ContractRule("A tenant that is deleted is gone with its keys, and its slug is free; others are untouched") {
      subject in
      let (tenant, bystander) = (Fixtures.tenant(), Fixtures.tenant())
      let (key, foreign) = (Fixtures.key(of: tenant), Fixtures.key(of: bystander))
      try await subject.repository.insert(tenant, keys: [key])
      try await subject.repository.insert(bystander, keys: [foreign])
      try requireEqual(try await subject.repository.delete(tenant.id), true, "whether it was there")
      try requireEqual(try await subject.repository.delete(tenant.id), false, "whether it was there again")
      try requireEqual(try await subject.repository.holder(of: key.digest), nil, "the holder of its key")
      try requireEqual(try await subject.repository.find(slug: tenant.slug), nil, "the tenant")
      try requireEqual(try await subject.repository.holder(of: foreign.digest)?.tenant, bystander, "the other tenant")
      try await subject.repository.insert(Fixtures.tenant(slug: tenant.slug), keys: [])
    },
  ]
}
