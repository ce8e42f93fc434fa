package import Caching
package import Kernel

/// What operators do with tenants. Servers hear of every change through the cache and the repository's word.
package struct TenantAdministration: Sendable {
  private let repository: any TenantRepositoryPort
  private let cache: any CacheServicePort
  private let clock: any WallClock
  private let newID: IDGenerator

  /// An administration of a repository.
  /// - Parameter newID: from a source that nobody can guess: keys are made of it.
  package init(
    repository: any TenantRepositoryPort, cache: any CacheServicePort, clock: any WallClock, newID: IDGenerator
  ) {
    self.repository = repository
    self.cache = cache
    self.clock = clock
    self.newID = newID
  }

  /// Adds a tenant with one key of each kind. Throws `slugTaken`.
  package func create(_ new: NewTenant) async throws -> (tenant: Tenant, keys: IssuedKeys) {
    let tenant = Tenant(
      id: TenantID(newID.uniqueID()), slug: new.slug, name: new.name, timeZone: new.timeZone, currency: new.currency,
      dailyCapacity: new.dailyCapacity, createdAt: clock.now())
    let keys = makeKeys(tenant, [.publishable, .secret])
    // No cache knows keys that did not exist.
    try await repository.insert(tenant, keys: keys.stored)
    return (tenant, keys.issued)
  }

  /// The tenant with a slug. Throws `notFound`.
  package func find(_ slug: String) async throws -> Tenant {
    guard let slug = Slug(slug), let tenant = try await repository.find(slug: slug) else {
      throw DomainError.notFound("tenant")
    }
    return tenant
  }

  /// A page of all tenants.
  package func list(_ page: PageRequest) async throws -> Page<Tenant> {
    Page(try await repository.list(page), limit: page.limit, list: Self.list, place: \.place, view: { $0 })
  }

  /// What the cursors of the list are bound to.
  package static let list = "platform.tenants"

  /// Suspends or activates a tenant; every key of it follows at once. Throws `notFound`.
  package func setStatus(_ slug: String, _ status: Tenant.Status) async throws -> Tenant {
    let tenant = try await find(slug)
    return try await change(tenant) { try await repository.setStatus(tenant.id, status) }
  }

  /// Makes new keys of some kinds; the old ones of those kinds stop at once. Throws `notFound`.
  package func rotateKeys(_ slug: String, _ kinds: [APIKey.Kind]) async throws -> IssuedKeys {
    let tenant = try await find(slug)
    let keys = makeKeys(tenant, kinds)
    return try await change(tenant) {
      try await repository.replaceKeys(tenant.id, with: keys.stored) ? keys.issued : nil
    }
  }

  /// Removes a tenant with everything it has. Throws `notFound`.
  package func delete(_ slug: String) async throws -> Tenant {
    let tenant = try await find(slug)
    return try await change(tenant) { try await repository.delete(tenant.id) ? tenant : nil }
  }

  /// Makes what is remembered of the tenant's keys stale. Throws `notFound` when `body` finds no tenant.
  private func change<Result: Sendable>(
    _ tenant: Tenant, _ body: @Sendable () async throws -> Result?
  ) async throws -> Result {
    try await cache.changeUnlessRefused([TenantDirectory.tag(tenant.slug)]) {
      guard let result = try await body() else { throw DomainError.notFound("tenant") }
      return .committed(result)
    }
  }

  private func makeKeys(_ tenant: Tenant, _ kinds: [APIKey.Kind]) -> (stored: [StoredKey], issued: IssuedKeys) {
    let texts = kinds.map { APIKey.text($0, of: tenant.slug, secret: newID.secret()) }
    let stored = zip(kinds, texts).map { StoredKey(digest: Digest(of: $1), kind: $0, tenant: tenant.id) }
    func issued(_ kind: APIKey.Kind) -> String? { kinds.firstIndex(of: kind).map { texts[$0] } }
    return (stored, IssuedKeys(publishable: issued(.publishable), secret: issued(.secret)))
  }
}
