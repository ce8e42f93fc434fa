import Caching
import CatalogDomain
import Kernel

/// One question to the catalog of one tenant. For one event loop.
final class HitTarget {
  let tenant: TenantID
  let read: CatalogRead
  let key: CacheKey
  /// Where its answers are taken down.
  let route: HitRoute
  /// How to look for the answer without a task; nil where there is no such way, and before anybody has asked.
  private var look: CacheGlance??

  init(_ read: CatalogRead, _ tenant: TenantID, _ route: HitRoute) {
    self.tenant = tenant
    self.read = read
    self.route = route
    key = read.key(tenant)
  }

  /// The slug of the one package that is asked for; nil for every other question.
  var viewed: String? { if case .package(let slug) = read { slug } else { nil } }

  /// The answer; nil when memory has none that may be given without asking.
  func peek(_ catalog: CatalogService) -> CacheEntry? { catalog.peek(key) ?? glance(catalog)?.peek() }

  /// The way to look for the answer in a store that instances share.
  func glance(_ catalog: CatalogService) -> CacheGlance? {
    if let look { return look }
    let found = catalog.glance(read, at: key)
    look = .some(found)
    return found
  }
}
