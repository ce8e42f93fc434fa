import Kernel
import Logging
import Synchronization
import TenancyDomain
import Testing

@testable import Bootstrap

@Suite("Warming the cache")
struct WarmTests {
  @Test("A warmed tenant's first readers load nothing, and the progress counts every tenant")
  func warm() async throws {
    try await Shop.open { (shop: Shop) async throws in
      let tenants = try await shop.preset.services.directory.activeTenants()
      let steps = Mutex<[Int]>([])
      let outcome = await Self.warmer(shop).warm(tenants) { done in steps.withLock { $0.append(done) } }
      #expect(outcome == CacheWarmer.Outcome(warmed: 2, failed: 0))
      let counted = steps.withLock(\.self)
      #expect(counted == [1, 2])
      for sender in [Sender.willow, .harbor] {
        // The first request looks the key up, which is not warmed.
        _ = try await shop.get("/packages", as: sender)
        let before = shop.preset.cache.getStats().loads
        for path in ["packages", "segments", "add-ons", "venues", "availability?from=2027-01-20&to=2027-03-31"] {
          #expect(try await shop.get("/api/v1/" + path, as: sender).status == 200)
        }
        #expect(shop.preset.cache.getStats().loads == before)
      }
    }
  }

  @Test("More tenants than are warmed at once are all warmed")
  func many() async throws {
    try await Shop.open { (shop: Shop) async throws in
      let tenants = try await shop.preset.services.directory.activeTenants()
      let many = (0..<50).map { tenants[$0 % tenants.count] }
      #expect(await Self.warmer(shop).warm(many) == CacheWarmer.Outcome(warmed: 50, failed: 0))
    }
  }

  private static func warmer(_ shop: Shop) -> CacheWarmer {
    CacheWarmer(services: shop.preset.services, clock: shop.clock, logger: Logger(label: "warm"))
  }
}
