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
    export("bumps_total", "Tags made stale by changes on this instance.", .counter, \.bumps)
    export("gzip_input_bytes_total", "Bytes that were compressed.", .counter, \.gzipInput)
    export("gzip_output_bytes_total", "Bytes that compression left.", .counter, \.gzipOutput)
    export("entries", "Entries in memory.", .gauge, \.keys)
    export("bytes", "Bytes of entries in memory.", .gauge, \.bytes)
    registry.onCollect(
      "tenantry_cache_evictions_total", help: "Entries that left the memory, by cause.", kind: .counter
    ) {
      let stats = cache.getStats()
      return [
        (labels: [("cause", "room")], value: Double(stats.evictions)),
        (labels: [("cause", "time")], value: Double(stats.expirations)),
      ]
    }
    exportNamespaces(cache, to: registry)
    if cache.getStats().shared != nil { exportShared(cache, to: registry) }
  }

  /// What the limiter has done to count together with other instances.
  static func export(_ limiter: RateLimiter, to registry: MetricsRegistry) {
    func export(
      _ name: String, _ help: String, _ kind: MetricKind, _ read: @escaping @Sendable (RateLimiterStatistics) -> Int
    ) {
      registry.onCollect("tenantry_rate_limit_" + name, help: help, kind: kind) {
        [(labels: [], value: Double(read(limiter.statistics)))]
      }
    }
    export("leases_total", "Times the shared store was asked for units.", .counter, \.orders)
    export("subjects", "Clients and tenants remembered.", .gauge, \.subjects)
    export("instances", "Instances that counted together when they could last be counted.", .gauge, \.instances)
    export("shared", "1 while requests are counted together.", .gauge) { $0.isShared ? 1 : 0 }
  }

  /// What has become of the views that were counted.
  static func export(_ views: CountedViews, to registry: MetricsRegistry) {
    registry.onCollect("tenantry_package_views", help: "Views counted, by what became of them.", kind: .gauge) {
      let fates = views.statistics
      return [
        (labels: [("fate", "waiting")], value: Double(fates.waiting)),
        (labels: [("fate", "written")], value: Double(fates.written)),
        (labels: [("fate", "dropped")], value: Double(fates.dropped)),
        (labels: [("fate", "uncertain")], value: Double(fates.uncertain)),
      ]
    }
  }

  private static func exportNamespaces(_ cache: any CacheServicePort, to registry: MetricsRegistry) {
    registry.onCollect(
      "tenantry_cache_namespace_reads_total", help: "Reads of the tier in memory, by namespace and outcome.",
      kind: .counter
    ) {
      cache.getStats().namespaces.flatMap { line in
        [
          (labels: [("namespace", line.name), ("outcome", "hit")], value: Double(line.hits)),
          (labels: [("namespace", line.name), ("outcome", "miss")], value: Double(line.misses)),
        ]
      }
    }
  }

  private static func exportShared(_ cache: any CacheServicePort, to registry: MetricsRegistry) {
    func export(
      _ name: String, _ help: String, _ kind: MetricKind, _ read: @escaping @Sendable (CacheStats.Shared) -> Int
    ) {
      registry.onCollect("tenantry_cache_shared_" + name, help: help, kind: kind) {
        cache.getStats().shared.map { [(labels: [], value: Double(read($0)))] } ?? []
      }
    }
    export("up", "1 while the shared store answers.", .gauge) { $0.isUp ? 1 : 0 }
    export("hits_total", "Values found in the shared store.", .counter, \.hits)
    export("misses_total", "Values not found in the shared store.", .counter, \.misses)
    export("failures_total", "Calls to the shared store that failed or took too long.", .counter, \.failures)
    export("refusals_total", "Values not stored because a tag had changed meanwhile.", .counter, \.refusals)
    export("lock_waits_total", "Pauses in which another instance's load was waited for.", .counter, \.lockWaits)
    export("gaps_total", "Gaps noticed in the messages of other instances.", .counter, \.gaps)
    export("owed_tags", "Tags the shared store has not been told of yet.", .gauge, \.owed)
    registry.onCollect(
      "tenantry_cache_shared_flaws_total", help: "Stored values that could not be used, by flaw.", kind: .counter
    ) {
      (cache.getStats().shared?.flaws ?? [:]).map { (labels: [("flaw", $0.key)], value: Double($0.value)) }
    }
  }
}
