import InMemoryAdapter
import NIOCore
import PortContracts
import Testing

@testable import Caching

@Suite("Cache service", .timeLimit(.minutes(1)))
struct CacheServiceTests {
  private let clock = ManualClock()
  private let key = CacheKey("n", .platform, "a", tags: ["venue"])
  private let venue = CacheTag.named("venue", .platform)

  private func service(_ limits: CacheService.Limits = .init(), store: (any CacheStorePort)? = nil) -> CacheService {
    CacheService(
      store: store ?? InMemoryCacheStore(ticker: clock), limits: limits, environment: CacheEnvironment(ticker: clock))
  }

  @Test("With the shared store out of reach values are cached, counters are nil and nothing fails")
  func unavailable() async throws {
    let service = service(store: UnavailableStore())
    #expect(await !service.isConnected())
    #expect(await service.incr(key, by: 1, timeToLive: nil) == nil)
    #expect(await service.decr(key, by: 1, timeToLive: nil) == nil)
    try await service.set(key, to: 1, policy: .forever)
    #expect(await service.get(key, as: Int.self) == 1)
    #expect(try await service.change([venue]) { .committed(2) } == 2)
  }

  @Test("A counter is made with its time to live, under its own key")
  func counter() async throws {
    let store = InMemoryCacheStore(ticker: clock)
    let service = service(store: store)
    #expect(await service.incr(key, by: 3, timeToLive: .seconds(10)) == 3)
    #expect(try await store.timeToLive(key) == .expires(in: .seconds(10)))
    clock.advance(by: .seconds(10))
    #expect(await service.incr(key, by: 3, timeToLive: nil) == 3)
    #expect(try await store.timeToLive(key) == .forever)
  }

  @Test("What is in memory stays within its limits, and what goes is counted")
  func limits() async throws {
    let service = service(.init(entries: 10, bytes: 1 << 20))
    for number in 0..<25 { try await service.set(CacheKey("n", .platform, "\(number)"), to: number, policy: .forever) }
    #expect(service.getStats().keys == 10)
    #expect(service.getStats().evictions == 15)
    #expect(await service.get(CacheKey("n", .platform, "24"), as: Int.self) == 24)
    #expect(await service.get(CacheKey("n", .platform, "14"), as: Int.self) == nil)
  }

  @Test("Bytes count with both forms of the body")
  func bytes() async throws {
    let service = service()
    try await service.set(key, to: String(repeating: "x", count: 5000), policy: .forever)
    let entry = try #require(service.peek(key))
    let gzip = try #require(entry.gzip)
    // What the buffers took, and an allowance.
    let forms = entry.body.storageCapacity + gzip.storageCapacity
    #expect(forms >= 5002 + gzip.readableBytes)
    #expect(service.getStats().bytes == forms + 480 + key.text.utf8.count)
    await service.del(key)
    #expect(service.getStats().bytes == 0)
  }

  @Test("A value that exceeds the limits is given to its callers and not stored")
  func oversize() async throws {
    let service = service(.init(entries: 10, bytes: 10_000))
    let big = String(repeating: "x", count: 20_000)
    let found = try await service.getOrSet(key, as: String.self, policy: .forever) { Loaded(big) }
    #expect(try found?.value() == big)
    #expect(service.peek(key) == nil)
    #expect(service.getStats().bytes == 0)
  }

  @Test("Looks count as hits where they find something, and as nothing where a counted read follows")
  func countedLooks() async throws {
    let service = service()
    _ = service.peek(key)
    #expect(service.getStats().totalRequests == 0)
    _ = try await service.getOrSet(key, as: Int.self, policy: .forever) { Loaded(1) }
    _ = service.peek(key)
    #expect(service.getStats().hits == 1)
    #expect(service.getStats().misses == 1)
  }

  @Test("Loads that go past the cache are counted, and not joined")
  func loadsInDoubt() async throws {
    let service = service()
    try await service.change([venue]) {
      for _ in 0..<3 { _ = try await service.getOrSet(key, as: Int.self, policy: .forever) { Loaded(1) } }
      return .unchanged(())
    }
    #expect(service.getStats().loads == 3)
    #expect(service.getStats().coalesced == 0)
    #expect(service.getStats().keys == 0)
  }

  @Test("What is stale is removed when it is asked for, so that it takes no room")
  func staleIsRemoved() async throws {
    let service = service()
    try await service.set(key, to: 1, policy: CachePolicy(timeToLive: .seconds(1), jitter: 0))
    clock.advance(by: .seconds(1))
    #expect(service.getStats().keys == 1)
    #expect(service.peek(key) == nil)
    #expect(service.getStats().keys == 0)
    try await service.set(key, to: 1, policy: .forever)
    await service.invalidate([venue])
    #expect(service.peek(key) == nil)
    #expect(service.getStats().keys == 0)
  }

  @Test("A kept value is handed out as it was loaded, without decoding")
  func keptValue() async throws {
    final class Document: Codable, Sendable {}
    let service = service()
    let document = Document()
    for keeps in [true, false] {
      await service.del(key)
      let policy = CachePolicy(timeToLive: nil, keepsValue: keeps)
      for _ in 0..<2 {
        let found = try await service.getOrSet(key, as: Document.self, policy: policy) { Loaded(document) }
        #expect((try found?.value() === document) == keeps)
      }
    }
  }

  @Test("Durations become ticks without overflow")
  func ticks() {
    #expect(Duration.seconds(1).ticks == 1_000_000_000)
    #expect((Duration.seconds(2) + .nanoseconds(7)).ticks == 2_000_000_007)
    #expect(Duration.zero.ticks == 0)
    #expect(Duration.nanoseconds(-1).ticks == 0)
    #expect(Duration.seconds(-5).ticks == 0)
    #expect(Duration.seconds(Int64.max).ticks == .max)
    #expect(Duration.seconds(18_446_744_073).ticks == 18_446_744_073_000_000_000)
    #expect(Duration.seconds(18_446_744_074).ticks == .max)
    #expect(UInt64.max.addingSaturated(1) == .max)
  }
}
