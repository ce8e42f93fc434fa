import Benchmark
import Caching
import Workload

/// Making a key: escaping, joining and hashing its parts.
func keys() {
  Benchmark("key made, five parts and a tag") { benchmark in
    let tenant = CatalogKeys.tenant(1)
    benchmark.startMeasurement()
    for index in benchmark.scaledIterations { blackHole(CatalogKeys.page(index, of: tenant)) }
  }

  Benchmark("key made, a part to escape") { benchmark in
    let tenant = CatalogKeys.tenant(1)
    benchmark.startMeasurement()
    for _ in benchmark.scaledIterations { blackHole(CacheKey("catalog", .tenant(tenant), "segment", ["a b:c*{d}"])) }
  }
}
