package import Caching
package import Kernel

/// Resolves keys to tenants, through the cache.
package struct TenantDirectory: Sendable {
  private let repository: any TenantRepositoryPort
  private let cache: any CacheServicePort
  private let policy: CachePolicy

  /// A directory over a repository.
  /// - Parameter policy: how long a key's holder is remembered; it is dropped at once when the tenant changes.
  package init(repository: any TenantRepositoryPort, cache: any CacheServicePort, policy: CachePolicy) {
    self.repository = repository
    self.cache = cache
    var policy = policy
    policy.keepsValue = true
    // Anybody can make up keys: they must not fill the cache.
    policy.negativeTimeToLive = .zero
    self.policy = policy
  }

  /// Who a key speaks for. Throws `keyUnknown` for a key that does not exist or has not the form of one, and
  /// `tenantSuspended`.
  package func holder(ofKey text: String) async throws -> KeyHolder {
    guard let key = APIKey(text) else { throw Self.unknown }
    return try await holder(of: Credential(key: key, cacheKey: Self.cacheKey(key)))
  }

  /// The same for a key that has been read.
  package func holder(of credential: Credential) async throws -> KeyHolder {
    let key = credential.key
    let cached = try await cache.getOrSet(credential.cacheKey, as: KeyHolder.self, policy: policy) {
      try await repository.holder(of: key.digest).map { Loaded($0) }
    }
    guard let cached else { throw Self.unknown }
    return try admit(try cached.value(), key)
  }

  /// A key that has been read, and where its holder is cached.
  package struct Credential: Sendable {
    fileprivate let key: APIKey
    fileprivate let cacheKey: CacheKey
  }

  /// A key with what follows from its text alone, for looking it up again and again. Not to be shared between threads.
  package final class PreparedKey {
    package let credential: Credential
    /// The holder that was found last and admitted, by the digest of its bytes, and whose the key is then.
    fileprivate var admitted: (holder: EntityTag, tenant: TenantID)?
    /// Whom the key spoke for when it was last waited for, and how to look whether it still does; see ``TenantDirectory/note(_:of:)``.
    package fileprivate(set) var last: (tenant: TenantID, glance: CacheGlance)?

    /// Reads a key; nil when it has not the form of one.
    package init?(_ text: String) {
      guard let key = APIKey(text) else { return nil }
      credential = Credential(key: key, cacheKey: TenantDirectory.cacheKey(key))
    }

    package var kind: APIKey.Kind { credential.key.kind }
  }

  /// The tenant a key speaks for, without suspending, if memory has it; nil when ``holder(ofKey:)`` must be asked.
  package func peek(_ prepared: PreparedKey) -> TenantID? {
    guard let entry = cache.peek(prepared.credential.cacheKey) ?? prepared.last?.glance.peek(), !entry.isAbsent
    else { return nil }
    return tenant(prepared, in: entry)
  }

  /// The tenant a key speaks for by the entry of its holder; nil when ``holder(ofKey:)`` must be asked.
  package func tenant(_ prepared: PreparedKey, in entry: CacheEntry) -> TenantID? {
    let digest = entry.entityTag
    if let admitted = prepared.admitted, admitted.holder == digest { return admitted.tenant }
    // A refusal is told by the way that can throw, and so is an entry that cannot be read.
    guard let holder = try? Cached<KeyHolder>(entry).value(), let admitted = try? admit(holder, prepared.credential.key)
    else { return nil }
    prepared.admitted = (digest, admitted.tenant.id)
    return admitted.tenant.id
  }

  /// Takes note of whom a key speaks for, so that its next use can look without a task, where the cache has a way for that.
  package func note(_ holder: KeyHolder, of prepared: PreparedKey) {
    guard prepared.last?.tenant != holder.tenant.id else { return }
    prepared.last = cache.glance(at: prepared.credential.cacheKey, policy: policy).map { (holder.tenant.id, $0) }
  }

  /// Every active tenant, in order of creation.
  package func activeTenants() async throws -> [Tenant] { try await repository.activeTenants() }

  /// The tenant with a slug or an identifier, whatever its status. Throws `notFound`.
  package func tenant(_ reference: String) async throws -> Tenant {
    if let slug = Slug(reference), let tenant = try await repository.find(slug: slug) { return tenant }
    guard UniqueID(reference) != nil,
      let tenant = try await repository.activeTenants().first(where: { $0.id.description == reference.lowercased() })
    else { throw DomainError.notFound("tenant") }
    return tenant
  }

  /// Makes what is remembered of a tenant's keys stale.
  package func forget(_ tenant: Tenant) async { await cache.invalidate([Self.tag(tenant.slug)]) }

  private func admit(_ holder: KeyHolder, _ key: APIKey) throws -> KeyHolder {
    guard holder.key.digest.isEqualInConstantTime(to: key.digest) else { throw Self.unknown }
    guard holder.tenant.status == .active else {
      throw DomainError(.tenantSuspended, "The tenant of this key is suspended.")
    }
    return holder
  }

  private static let unknown = DomainError(.keyUnknown, "The key is not known.")

  private static func cacheKey(_ key: APIKey) -> CacheKey {
    CacheKey("tenancy", .platform, "key", [key.digest.description], tags: [part(key.slug)])
  }

  /// What a change of a tenant makes stale: everything that is remembered of its keys.
  static func tag(_ slug: Slug) -> CacheTag { .named(part(slug.description), .platform) }

  /// The name of that tag: one of 256, by the SHA-256 of the slug, since anybody can make up slugs and each would leave a
  /// generation in the store. The repository comes to the same.
  private static func part(_ slug: String) -> String { "tenants-\(Digest(of: slug).description.prefix(2))" }
}
