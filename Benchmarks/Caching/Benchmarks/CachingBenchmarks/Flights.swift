import Benchmark
import Caching
import Synchronization
import Workload

/// 1,000 callers of one key that is not there: 999 join the load of the first. A thousandth of an iteration is what one
/// caller costs, its child task included; the same without a cache shows the task's part.
func flights() {
  let callers = 1_000
  Benchmark("single-flight join", configuration: .init(scalingFactor: .one)) { benchmark, cache in
    for _ in benchmark.scaledIterations {
      let key = CatalogKeys.page(benchmark.currentIteration, of: CatalogKeys.tenant(2))
      await cache.del(key)
      let before = cache.getStats().coalesced
      let arrived = Arrivals()
      await withTaskGroup(of: Void.self) { group in
        for _ in 0..<callers {
          group.addTask {
            arrived.count.add(1, ordering: .relaxed)
            blackHole(
              try? await cache.getOrSet(key, as: Int.self, policy: .forever) {
                while arrived.count.load(ordering: .relaxed) < callers { await Task.yield() }
                while cache.getStats().coalesced - before < callers - 1 { await Task.yield() }
                return .init(1)
              })
          }
        }
      }
    }
  } setup: {
    FilledCache.empty(room: 10_000)
  }

  Benchmark("child task alone", configuration: .init(scalingFactor: .one)) { benchmark in
    for _ in benchmark.scaledIterations {
      let arrived = Arrivals()
      await withTaskGroup(of: Void.self) { group in
        for _ in 0..<callers { group.addTask { arrived.count.add(1, ordering: .relaxed) } }
      }
    }
  }
}

private final class Arrivals: Sendable {
  let count = Atomic<Int>(0)
}
