import InMemoryAdapter
import PortContracts
import Synchronization
import Testing

@testable import Caching

@Suite("The claim to load for all instances", .timeLimit(.minutes(2)))
struct ClaimTests {
  private struct Failure: Error {}

  private let clock = ManualClock()
  private let key = CacheKey("n", .platform, "a", tags: ["venue"])

  @Test("One that was granted without the instance hearing of it is given back, so that nobody waits for nobody")
  func unheard() async throws {
    let store = InMemoryCacheStore(ticker: clock)
    let link = ChaosStore(store, seed: 1)
    let options = SharedTierOptions.patient
    var environment = CacheEnvironment(ticker: clock, wallClock: clock)
    // What a claim is known by is made right before it is asked for.
    environment.random = {
      link.odds.lostAnswer = 1
      return 1
    }
    let service = CacheService(shared: link, options: options, environment: environment)
    link.odds.lostAnswer = 0
    await #expect(throws: Failure.self) {
      try await service.getOrSet(key, as: Int.self, policy: .forever) {
        #expect(link.odds.lostAnswer == 1, "no claim was made")
        throw Failure()
      }
    }
    try await eventually("the claim is given back") {
      for try await keys in store.scan(CachePattern(text: "lock:*", scope: .platform), batch: 10) where !keys.isEmpty {
        return false
      }
      return true
    }
  }
}
