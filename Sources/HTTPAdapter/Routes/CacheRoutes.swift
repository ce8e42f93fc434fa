import Caching
import Hummingbird
import Kernel
import TenancyDomain

/// What operators ask of the cache, and how they empty parts of it.
struct CacheRoutes {
  let cache: any CacheServicePort
  let directory: TenantDirectory
  let audit: any AuditLogPort
  let stores: @Sendable () async -> [StoreHealth]
  let limiter: RateLimiter?
  let newID: IDGenerator
  let clock: any WallClock

  func add(to routes: Routes) {
    routes.add(.cacheState) { _ in
      let stores = await stores()
      let isWhole = stores.allSatisfy(\.healthy)
      return try JSONAnswer.response(
        State(status: isWhole ? "healthy" : "degraded", connected: await cache.isConnected(), stores: stores))
    }
    routes.add(.cacheStats) { _ in
      try JSONAnswer.response(CacheStatsView(cache.getStats(), limiter?.statistics))
    }
    routes.add(.clusterStatus) { _ in
      let stores = await stores()
      return try JSONAnswer.response(
        Cluster(
          mode: stores.first?.mode ?? "memory", healthy: stores.allSatisfy(\.healthy),
          instances: limiter?.statistics.instances ?? 1,
          stores: stores.map {
            Cluster.Store(
              name: $0.name, mode: $0.mode, healthy: $0.healthy, connectionStatus: $0.connectionStatus,
              nodes: $0.nodes)
          }))
    }
    routes.add(.invalidateCache, invalidate)
  }

  private func invalidate(_ call: Call) async throws -> Response {
    let wish = try CacheInvalidation(body: try await call.members())
    let tenant = try await directory.tenant(wish.tenant)
    let pattern = try wish.pattern.map { try Self.pattern($0, tenant) }
    // Written before it is done: nothing is done that the log does not know of.
    try await audit.add(
      AuditEntry(
        id: newID.uniqueID(), tenant: tenant.id, at: clock.now(), actor: try call.actor.name,
        action: "cache.invalidate", subject: tenant.slug.description, detail: wish.detail,
        requestID: call.context.requestID))
    var removed: Int?
    if let pattern {
      removed = await cache.flush(pattern)
    } else if let tags = wish.tags {
      await cache.invalidate(tags.map { .named($0, .tenant(tenant.id)) })
    } else {
      await cache.clear(.tenant(tenant.id))
      await directory.forget(tenant)
    }
    return try JSONAnswer.response(
      Done(tenant: tenant.slug.description, tags: wish.tags, pattern: wish.pattern, removed: removed))
  }

  /// `namespace:tenant:rest` with the tenant's slug or identifier, or the rest alone for every namespace.
  private static func pattern(_ text: String, _ tenant: Tenant) throws -> CachePattern {
    let parts = text.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false).map(String.init)
    switch parts.count {
    case 1: return CachePattern("*", .tenant(tenant.id), parts[0])
    case 3 where parts[1] == tenant.slug.description || parts[1] == tenant.id.description:
      return CachePattern(parts[0], .tenant(tenant.id), parts[2])
    default:
      throw DomainError.invalid("pattern", "must be <namespace>:\(tenant.slug):<rest>, or a rest without colons")
    }
  }

  private struct State: Encodable {
    let status: String
    let connected: Bool
    let stores: [StoreHealth]
  }

  private struct Cluster: Encodable {
    struct Store: Encodable {
      let name: String
      let mode: String
      let healthy: Bool
      let connectionStatus: String
      let nodes: [StoreHealth.Node]
    }

    let mode: String
    let healthy: Bool
    let instances: Int
    let stores: [Store]
  }

  private struct Done: Encodable {
    let tenant: String
    let tags: [String]?
    let pattern: String?
    /// How many keys matched; null where they are not counted.
    @ExplicitNull var removed: Int?
  }
}
