import Testing

@testable import Caching

@Suite("Cache statistics")
struct CacheStatsTests {
  @Test(
    "The hit rate is in percent with two decimals, rounded to the nearest",
    arguments: [
      (0, 0, "0.00%"), (0, 5, "0.00%"), (5, 0, "100.00%"), (13, 1, "92.86%"), (1, 2, "33.33%"), (2, 1, "66.67%"),
      (1, 1, "50.00%"), (1, 1999, "0.05%"), (1, 99, "1.00%"), (9999, 1, "99.99%"), (7, 93, "7.00%"),
      (1_000_000_000_000, 1_000_000_000_000, "50.00%"),
    ])
  func hitRate(hits: Int, misses: Int, text: String) {
    let stats = CacheStats(hits: hits, misses: misses, keys: 0, bytes: 0, evictions: 0, loads: 0, coalesced: 0)
    #expect(stats.hitRate == text)
    #expect(stats.totalRequests == hits + misses)
  }
}
