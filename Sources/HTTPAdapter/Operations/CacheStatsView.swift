import Caching
import Kernel

/// What `/cache/stats` answers.
struct CacheStatsView: Encodable {
  struct Memory: Encodable {
    let hits: Int
    let misses: Int
    let hitRate: String
    let keys: Int
    let bytes: Int
    let evictions: Int
    let expirations: Int
    let loads: Int
    let coalesced: Int
    let staleServes: Int
    let refreshes: Int
    let invalidations: Int
    let gzipInputBytes: Int
    let gzipOutputBytes: Int
  }

  struct Shared: Codable {
    let connected: Bool
    let hits: Int
    let misses: Int
    let failures: Int
    let refusals: Int
    let lockWaits: Int
    let gaps: Int
    let owedTags: Int
    let flaws: [String: Int]
  }

  struct Namespace: Encodable {
    let name: String
    let hits: Int
    let misses: Int
  }

  struct Limits: Encodable {
    /// Whether requests are counted together with other instances now.
    let shared: Bool
    let instances: Int
    let leases: Int
    let subjects: Int
  }

  let memory: Memory
  @ExplicitNull var shared: Shared?
  let namespaces: [Namespace]
  let rateLimits: Limits?

  init(_ stats: CacheStats, _ limits: RateLimiterStatistics?) {
    memory = Memory(
      hits: stats.hits, misses: stats.misses, hitRate: stats.hitRate, keys: stats.keys, bytes: stats.bytes,
      evictions: stats.evictions, expirations: stats.expirations, loads: stats.loads, coalesced: stats.coalesced,
      staleServes: stats.staleServes, refreshes: stats.refreshes, invalidations: stats.bumps,
      gzipInputBytes: stats.gzipInput, gzipOutputBytes: stats.gzipOutput)
    shared = stats.shared.map {
      Shared(
        connected: $0.isUp, hits: $0.hits, misses: $0.misses, failures: $0.failures, refusals: $0.refusals,
        lockWaits: $0.lockWaits, gaps: $0.gaps, owedTags: $0.owed, flaws: $0.flaws)
    }
    namespaces = stats.namespaces.map { Namespace(name: $0.name, hits: $0.hits, misses: $0.misses) }
    rateLimits = limits.map {
      Limits(shared: $0.isShared, instances: $0.instances, leases: $0.orders, subjects: $0.subjects)
    }
  }
}
