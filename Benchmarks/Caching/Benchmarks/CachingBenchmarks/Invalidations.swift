import Benchmark
import Caching
import Workload

/// Invalidation of one tag again and again, with that many keys under it in memory. They are live at the first only: see
/// the `invalidation` figures of `CacheFigures` for those.
func invalidations() {
  for count in [1, 1_000, 1_000_000] {
    Benchmark("tag invalidation, \(count) keys", configuration: .init(maxIterations: 2_000)) { benchmark, filled in
      let tags = [CacheTag.named(CatalogKeys.tag, .tenant(filled.tenant))]
      benchmark.startMeasurement()
      for _ in benchmark.scaledIterations { await filled.cache.invalidate(tags) }
    } setup: {
      try await FilledCache(count, bytes: 8)
    }
  }
}
