package import Caching
import Kernel

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
    let cached = try await cache.getOrSet(Self.cacheKey(key), as: KeyHolder.self, policy: policy) {
      try await repository.holder(of: key.digest).map { Loaded($0) }
    }
    guard let cached else { throw Self.unknown }
    return try admit(try cached.value(), key)
  }

  /// The same without suspending, if memory has it; nil when ``holder(ofKey:)`` must be asked.
  package func peek(key text: String) -> KeyHolder? {
    guard let key = APIKey(text), let entry = cache.peek(Self.cacheKey(key)), !entry.isAbsent,
      let holder = entry.value(as: KeyHolder.self)
    else { return nil }
    // A refusal is told by the way that can throw.
    return try? admit(holder, key)
  }

  /// Every active tenant, in order of creation.
  package func activeTenants() async throws -> [Tenant] { try await repository.activeTenants() }

  private func admit(_ holder: KeyHolder, _ key: APIKey) throws -> KeyHolder {
    guard holder.key.digest.isEqualInConstantTime(to: key.digest) else { throw Self.unknown }
    guard holder.tenant.status == .active else {
      throw DomainError(.tenantSuspended, "The tenant of this key is suspended.")
    }
    return holder
  }

  private static let unknown = DomainError(.keyUnknown, "The key is not known.")

  private static func cacheKey(_ key: APIKey) -> CacheKey {
    CacheKey("tenancy", .platform, "key", [key.digest.description], tags: ["tenant-\(key.slug)"])
  }

  /// What a change of a tenant makes stale: everything that is remembered of its keys.
  static func tag(_ slug: Slug) -> CacheTag { .named("tenant-\(slug)", .platform) }
}
