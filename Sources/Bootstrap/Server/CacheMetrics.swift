import Caching
import Observability

/// The cache's figures as metrics, read when they are scraped.
enum CacheMetrics {
  static func export(_ cache: any CacheServicePort, to registry: MetricsRegistry) {
    func export(_ name: String, _ help: String, _ kind: MetricKind, _ read: @escaping @Sendable (CacheStats) -> Int) {
      registry.onCollect("tenantry_cache_" + name, help: help, kind: kind) {
        [(labels: [], value: Double(read(cache.getStats())))]
      }
    }
    export("hits_total", "Reads answered from the cache.", .counter, \.hits)
    export("misses_total", "Reads that found nothing valid in the cache.", .counter, \.misses)
    export("loads_total", "Loads begun for reads that missed.", .counter, \.loads)
    export("coalesced_total", "Reads that were given the result of another's load.", .counter, \.coalesced)
    export("stale_serves_total", "Reads given a value past its time because its load failed.", .counter, \.staleServes)
    export("refreshes_total", "Loads begun in the background for values near their end.", .counter, \.refreshes)
    export("evictions_total", "Entries removed to make room.", .counter, \.evictions)
    export("entries", "Entries in memory.", .gauge, \.keys)
    export("bytes", "Bytes of entries in memory.", .gauge, \.bytes)
  }
}
