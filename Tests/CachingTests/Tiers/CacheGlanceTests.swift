import InMemoryAdapter
import NIOCore
import PortContracts
import Testing

@testable import Caching

@Suite("Looks at the shared store without a task", .timeLimit(.minutes(2)))
struct CacheGlanceTests {
  private let clock = ManualClock()
  private let store: InMemoryCacheStore
  private let link: ChaosStore
  private let key = CacheKey("n", .platform, "a", tags: ["venue"])
  private let text = String(repeating: "good ", count: 400)

  init() {
    store = InMemoryCacheStore(ticker: clock)
    link = ChaosStore(store, seed: 1)
  }

  private func service(memory entries: Int = 0) -> CacheService {
    var options = SharedTierOptions()
    options.channel = nil
    options.readLimit = .seconds(60)
    options.writeLimit = .seconds(60)
    return CacheService(
      shared: link, limits: .init(entries: entries), options: options,
      environment: CacheEnvironment(ticker: clock, wallClock: clock))
  }

  @Test("A look finds the entry that a read would return, as often as it is made")
  func same() async throws {
    let cache = service()
    let glance = try #require(cache.glance(at: key, policy: .forever))
    #expect(await glance.entry() == nil)
    let load: @Sendable () async throws -> Loaded<String>? = { [text] in Loaded(text) }
    _ = try await cache.getOrSet(key, as: String.self, policy: .forever, load: load)
    for _ in 0..<3 {
      let read = try #require(try await cache.getOrSet(key, as: String.self, policy: .forever, load: load)).entry
      let seen = try #require(await glance.entry())
      #expect(seen.body == read.body && seen.gzip == read.gzip && seen.entityTag == read.entityTag)
      #expect(seen.gzip != nil)
    }
    #expect(cache.getStats().shared?.hits == 6)
    #expect(cache.getStats().loads == 1)
  }

  @Test("After a change nothing is found until it is loaded again, on every instance; nor while one is under way")
  func changed() async throws {
    let (cache, other) = (service(), service())
    let glances = try [cache, other].map { try #require($0.glance(at: key, policy: .forever)) }
    for version in 0..<5 {
      try await cache.set(key, to: "\(version)", policy: .forever)
      for glance in glances { #expect(await glance.text() == "\"\(version)\"") }
      try await other.change([.named("venue", .platform)]) {
        for glance in glances { #expect(await glance.entry() == nil) }
        return .committed(())
      }
      for glance in glances { #expect(await glance.entry() == nil) }
    }
  }

  @Test("What is past its time, absent or spoiled is not found; a spoiled value is counted and deleted")
  func unusable() async throws {
    let cache = service()
    let glance = try #require(cache.glance(at: key, policy: .forever))
    var policy = CachePolicy.forever
    policy.timeToLive = .seconds(10)
    try await cache.set(key, to: "short", policy: policy)
    #expect(await glance.text() == "\"short\"")
    clock.advance(by: .seconds(11))
    #expect(await glance.entry() == nil)

    policy.negativeTimeToLive = .seconds(10)
    let nothing: @Sendable () async throws -> Loaded<String>? = { nil }
    #expect(try await cache.getOrSet(key, as: String.self, policy: policy, load: nothing) == nil)
    #expect(await glance.entry() == nil)

    try await cache.set(key, to: "good", policy: .forever)
    var bytes = try #require(try await store.get(key))
    bytes.setInteger(UInt8(0xFF), at: bytes.readableBytes - 2)
    try await store.set(key, bytes)
    #expect(await glance.entry() == nil)
    #expect(cache.getStats().shared?.flaws["corrupt"] == 1)
    try await eventually("it is deleted") { [store] in try await store.get(key) == nil }
  }

  @Test("Time-outs in a row close the store to looks, as they do to reads; refusals of one connection do not")
  func failing() async throws {
    let cache = service()
    let glance = try #require(cache.glance(at: key, policy: .forever))
    try await cache.set(key, to: "good", policy: .forever)
    link.odds.refusal = 1
    for _ in 0..<5 { #expect(await glance.entry() == nil) }
    #expect(cache.isSharedStoreUp)
    link.odds.refusal = 0
    link.odds.loss = 1
    for _ in 0..<3 { #expect(await glance.entry() == nil) }
    #expect(!cache.isSharedStoreUp)
    #expect(!glance.look { _ in Issue.record("nobody is to be called") })
  }

  @Test("A cache with a tier in memory, and one without a shared store, have no looks")
  func none() {
    #expect(service(memory: 10).glance(at: key, policy: .forever) == nil)
    #expect(CacheService(store: store, limits: .init(entries: 0)).glance(at: key, policy: .forever) == nil)
    var policy = CachePolicy.forever
    policy.skipsRead = true
    #expect(service().glance(at: key, policy: policy) == nil)
  }
}

extension CacheGlance {
  /// What a look finds.
  fileprivate func entry() async -> CacheEntry? {
    await withCheckedContinuation { continuation in
      if !look({ continuation.resume(returning: $0) }) { continuation.resume(returning: nil) }
    }
  }

  /// The bytes of what a look finds.
  fileprivate func text() async -> String? { await entry().map { String(buffer: $0.body) } }
}
