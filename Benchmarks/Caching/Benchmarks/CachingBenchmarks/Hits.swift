import Benchmark
import Caching
import Workload

/// Reads that memory answers. The keys are 1,024 of 10,240, so that entries come from the processor's second cache level,
/// not from its first.
func hits() {
  Benchmark("L1 hit, key ready") { benchmark, filled in
    for index in benchmark.scaledIterations { blackHole(filled.cache.peek(filled.keys[(index &* 10) & 8191])) }
  } setup: {
    try await FilledCache(10_240)
  }

  Benchmark("L1 hit, key made for it") { benchmark, filled in
    for index in benchmark.scaledIterations {
      blackHole(filled.cache.peek(CatalogKeys.page((index &* 10) & 8191, of: filled.tenant)))
    }
  } setup: {
    try await FilledCache(10_240)
  }

  Benchmark("L1 hit through getOrSet") { benchmark, filled in
    for index in benchmark.scaledIterations {
      blackHole(
        try await filled.cache.getOrSet(filled.keys[(index &* 10) & 8191], as: String.self, policy: .forever) { nil })
    }
  } setup: {
    try await FilledCache(10_240)
  }
}
