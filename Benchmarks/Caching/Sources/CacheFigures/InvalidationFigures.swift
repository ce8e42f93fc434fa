import Caching
import Workload

/// The time to invalidate one tag with that many live keys under it. All keys are stored anew before each.
struct InvalidationFigures: Encodable {
  let keys: Int
  let nanoseconds: [Int64]

  init(keys: Int) async throws {
    self.keys = keys
    let filled = try await FilledCache(keys, bytes: 8)
    let tags = [CacheTag.named(CatalogKeys.tag, .tenant(filled.tenant))]
    var nanoseconds: [Int64] = []
    for _ in 0..<(keys > 100_000 ? 5 : 51) {
      try await filled.fill(bytes: 8)
      precondition(filled.cache.peek(filled.keys[0]) != nil && filled.cache.peek(filled.keys[keys - 1]) != nil)
      // The code, not the keys, is to be in the processor's cache.
      for _ in 0..<100 { await filled.cache.invalidate([.named("other", .platform)]) }
      let took = await ContinuousClock().measure { await filled.cache.invalidate(tags) }
      precondition(filled.cache.peek(filled.keys[0]) == nil && filled.cache.peek(filled.keys[keys - 1]) == nil)
      nanoseconds.append(took.components.attoseconds / 1_000_000_000)
    }
    self.nanoseconds = nanoseconds.sorted()
  }
}
