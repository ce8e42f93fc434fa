package import Caching
import InMemoryAdapter
package import Kernel

/// A cache in memory that holds pages of one tenant.
package struct FilledCache: Sendable {
  package let cache: CacheService
  package let tenant: TenantID
  package let keys: [CacheKey]

  /// - Parameters:
  ///   - count: how many entries.
  ///   - bytes: the size of each encoded value; at least 2.
  package init(_ count: Int, bytes: Int = 200) async throws {
    cache = Self.empty(room: count)
    let tenant = CatalogKeys.tenant(1)
    self.tenant = tenant
    keys = (0..<count).map { CatalogKeys.page($0, of: tenant) }
    try await fill(bytes: bytes)
  }

  /// Stores every key's value anew.
  package func fill(bytes: Int = 200) async throws {
    let value = String(repeating: "x", count: bytes - 2)
    for key in keys { try await cache.set(key, to: value, policy: .forever) }
  }

  /// A cache with room for that many entries and some: a shard may get more than its part of the keys.
  package static func empty(room count: Int) -> CacheService {
    let limits = CacheService.Limits(entries: count + count / 10 + 1024, bytes: 8 << 30)
    return CacheService(store: InMemoryCacheStore(limits: .init(entries: 64, bytes: 1 << 20)), limits: limits)
  }
}
