import Caching
import Workload

/// Allocations for each operation.
struct AllocationFigures: Encodable {
  private static let operations = 10_000

  let hit: Double
  let hitWithKey: Double
  let hitThroughGetOrSet: Double
  let key: Double

  init() async throws {
    let counter = try AllocationCounter()
    let filled = try await FilledCache(1_024)
    let (cache, keys, tenant) = (filled.cache, filled.keys, filled.tenant)
    func perOperation(_ body: (Int) async throws -> Bool) async rethrows -> Double {
      for index in 0..<100 { _ = try await body(index) }
      let before = counter.allocations
      var successes = 0
      for index in 0..<Self.operations where try await body(index & 1_023) { successes += 1 }
      precondition(successes == Self.operations)
      return Double(counter.allocations - before) / Double(Self.operations)
    }
    hit = await perOperation { cache.peek(keys[$0]) != nil }
    hitWithKey = await perOperation { cache.peek(CatalogKeys.page($0, of: tenant)) != nil }
    hitThroughGetOrSet = try await perOperation { index in
      try await cache.getOrSet(keys[index], as: String.self, policy: .forever) { nil } != nil
    }
    key = await perOperation { !CatalogKeys.page($0, of: tenant).text.isEmpty }
  }
}
