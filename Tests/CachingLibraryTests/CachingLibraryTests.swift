import Caching
import Kernel
import NIOCore
import Synchronization
import Testing

/// What somebody can do who has the library alone: this target sees none of the package's own declarations.
@Suite("The caching library, from outside", .timeLimit(.minutes(1)))
struct CachingLibraryTests {
  private struct Offer: Codable, Sendable, Equatable {
    var title: String
  }

  private struct LoadFailure: Error {}

  private let scope = CacheScope.tenant(TenantID(UniqueID(high: 1, low: 2)))
  private var offers: CacheTag { .named("offers", scope) }
  private var key: CacheKey { CacheKey("catalog", scope, "offer", ["sunrise"], tags: ["offers"]) }

  @Test("A cache in memory needs nothing but its limits, loads once, and shows a change at once")
  func inMemory() async throws {
    let cache = CacheService(limits: .init(entries: 100, bytes: 1 << 20))
    let title = Mutex("Sunrise")
    let loads = Atomic<Int>(0)
    func read() async throws -> Offer? {
      try await cache.getOrSet(key, as: Offer.self, policy: CachePolicy(timeToLive: .seconds(900))) {
        loads.add(1, ordering: .relaxed)
        return Loaded(Offer(title: title.withLock { $0 }))
      }?.value()
    }
    for _ in 0..<3 { #expect(try await read() == Offer(title: "Sunrise")) }
    #expect(loads.load(ordering: .relaxed) == 1)
    #expect(cache.peek(key).map { String(buffer: $0.body) } == #"{"title":"Sunrise"}"#)
    try await cache.change([offers]) {
      title.withLock { $0 = "Sunset" }
      return .committed(())
    }
    #expect(cache.peek(key) == nil)
    #expect(try await read() == Offer(title: "Sunset"))
    #expect(cache.getStats().hitRate == "60.00%")
    #expect(await cache.incr(key, by: 1, timeToLive: nil) == nil)
    #expect(await cache.isConnected() == false)
  }

  @Test("A value past its time stands in for a load that fails")
  func stale() async throws {
    let clock = Clock()
    let cache = CacheService(environment: CacheEnvironment(ticker: clock))
    var policy = CachePolicy(timeToLive: .seconds(1), jitter: 0)
    policy.staleGrace = .seconds(60)
    for fails in [false, true] {
      let found = try await cache.getOrSet(key, as: Offer.self, policy: policy) {
        if fails { throw LoadFailure() }
        return Loaded(Offer(title: "Sunrise"))
      }
      #expect(try found?.value() == Offer(title: "Sunrise"))
      clock.advance()
    }
    #expect(cache.getStats().staleServes == 1)
  }

  @Test("Two instances over a store of one's own share what one has loaded, and hear of changes")
  func shared() async throws {
    let store = DictionaryStore()
    var options = SharedTierOptions()
    options.readLimit = .seconds(30)
    options.writeLimit = .seconds(30)
    let caches = (0..<2).map { _ in CacheService(shared: store, options: options) }
    let feeds = caches.map { cache in Task { await cache.run() } }
    defer { for feed in feeds { feed.cancel() } }
    while !caches.allSatisfy(\.isFeedLive) { try await Task.sleep(for: .milliseconds(5)) }
    let title = Mutex("Sunrise")
    let loads = Atomic<Int>(0)
    func read(_ cache: CacheService) async throws -> Offer? {
      try await cache.getOrSet(key, as: Offer.self, policy: .forever) {
        loads.add(1, ordering: .relaxed)
        return Loaded(Offer(title: title.withLock { $0 }))
      }?.value()
    }
    for cache in caches { #expect(try await read(cache) == Offer(title: "Sunrise")) }
    #expect(loads.load(ordering: .relaxed) == 1)
    try await caches[0].change([offers]) {
      title.withLock { $0 = "Sunset" }
      return .committed(())
    }
    while caches[1].peek(key) != nil { try await Task.sleep(for: .milliseconds(5)) }
    for cache in caches.reversed() { #expect(try await read(cache) == Offer(title: "Sunset")) }
    #expect(loads.load(ordering: .relaxed) == 2)
  }

  /// Time that goes on when it is told to.
  private final class Clock: Ticker {
    private let time = Atomic<UInt64>(1_000_000_000)

    func nanoseconds() -> UInt64 { time.load(ordering: .relaxed) }

    func advance() { time.add(2_000_000_000, ordering: .relaxed) }
  }
}
