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
    let options = SharedTierOptions.patient
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

  @Test("A cache without a shared store has no looks, nor has a policy that passes over it")
  func none() {
    #expect(CacheService(store: store, limits: .init(entries: 0)).glance(at: key, policy: .forever) == nil)
    var policy = CachePolicy.forever
    policy.skipsRead = true
    #expect(service().glance(at: key, policy: policy) == nil)
  }
}

@Suite("Entries in memory that are renewed without a task", .timeLimit(.minutes(2)))
struct CacheGlanceRenewalTests {
  private static let delay = Duration.milliseconds(7)

  private let clock = ManualClock()
  private let gate = Checkpoint()
  private let link: ChaosStore
  private let key = CacheKey("n", .platform, "a", tags: ["venue"])
  private let text = String(repeating: "good ", count: 400)

  init() {
    var environment = CacheEnvironment(ticker: clock, wallClock: clock)
    environment.sleep = { [gate] in
      guard $0 == Self.delay else { return try await Task.sleep(for: $0) }
      try await gate.wait()
    }
    link = ChaosStore(InMemoryCacheStore(ticker: clock), seed: 1, environment: environment)
  }

  /// One that asks the store again after ten seconds, and a second before without anybody waiting.
  private func service() -> CacheService {
    var options = SharedTierOptions.patient
    options.localTimeToLive = .seconds(10)
    return CacheService(
      shared: link, options: options, environment: CacheEnvironment(ticker: clock, wallClock: clock))
  }

  private func load(_ service: CacheService, _ policy: CachePolicy = .forever) async throws -> Cached<String> {
    let cached = try await service.getOrSet(key, as: String.self, policy: policy) { [text] in Loaded(text) }
    return try #require(cached)
  }

  private func loaded(_ policy: CachePolicy = .forever) async throws -> (CacheService, CacheGlance) {
    let service = service()
    _ = try await load(service, policy)
    let glance = try #require(service.glance(at: key, policy: policy))
    return (service, glance)
  }

  @Test("One that is due is served, and is there for as long again; what memory holds of it is not made anew")
  func due() async throws {
    let (service, glance) = try await loaded()
    let first = try #require(service.peek(key))
    for round in 1...3 {
      clock.advance(by: .milliseconds(9_500))
      #expect(service.peek(key) == nil && glance.peek() != nil)
      try await eventually("it is renewed") { service.peek(key) != nil }
      #expect(service.getStats().refreshes == round && service.getStats().shared?.hits == round)
    }
    let last = try #require(service.peek(key))
    #expect(last.gzip == first.gzip && last.entityTag == first.entityTag && last.stamp == first.stamp)
    #expect(last.body.withUnsafeReadableBytes(\.baseAddress) == first.body.withUnsafeReadableBytes(\.baseAddress))
    #expect(service.getStats().loads == 1)
  }

  @Test("One whose time in memory is over waits for the store's word, and is kept again with its value")
  func over() async throws {
    let policy = CachePolicy(timeToLive: nil, keepsValue: true)
    let (service, glance) = try await loaded(policy)
    clock.advance(by: .seconds(11))
    let before = service.getStats()
    #expect(glance.peek() == nil)
    #expect(await glance.entry()?.value(as: String.self) == text)
    #expect(service.peek(key)?.value(as: String.self) == text)
    let after = service.getStats()
    #expect(after.loads == 1 && after.shared?.hits == 1 && after.misses == before.misses)
  }

  @Test("What was changed elsewhere, or was removed, is neither found nor kept; what memory has not is not looked for")
  func changed() async throws {
    let (service, glance) = try await loaded()
    clock.advance(by: .seconds(11))
    await self.service().invalidate([.named("venue", .platform)])
    #expect(await glance.entry() == nil)
    #expect(service.renewable(key) == nil)
    #expect(!glance.look { _ in Issue.record("nobody is to be called") })
    _ = try await load(service)
    #expect(service.getStats().loads == 2)
    await service.del([key])
    #expect(!glance.look { _ in Issue.record("nobody is to be called") })
  }

  @Test("What somebody removes while it is looked for is given and not kept")
  func overtaken() async throws {
    let (service, glance) = try await loaded()
    clock.advance(by: .seconds(11))
    link.odds.delay = Self.delay...Self.delay
    let answer = await withCheckedContinuation { continuation in
      #expect(glance.look { continuation.resume(returning: $0) })
      service.flights.detach(key)
      service.local.remove(key)
      gate.open()
    }
    #expect(answer != nil)
    #expect(service.renewable(key) == nil)
  }

  @Test("One that is near its end in the store as well is left to a load")
  func near() async throws {
    let policy = CachePolicy(timeToLive: .seconds(60), jitter: 0, refreshThreshold: .seconds(15))
    let (service, glance) = try await loaded(policy)
    for _ in 0..<4 {
      clock.advance(by: .milliseconds(9_500))
      #expect(glance.peek() != nil)
      try await eventually("it is renewed") { service.peek(key) != nil }
    }
    clock.advance(by: .milliseconds(9_500))
    #expect(glance.peek() != nil)
    try await eventually("it is found out") { glance.peek() == nil }
    #expect(service.getStats().loads == 1)
    _ = try await load(service, policy)
    try await eventually("it is loaded") { glance.peek() != nil && service.peek(key) != nil }
    #expect(service.getStats().loads == 2)
  }

  @Test("An absence that memory remembers is no entry to be served")
  func absence() async throws {
    let service = service()
    let glance = try #require(service.glance(at: key, policy: .forever))
    let nothing = try await service.getOrSet(key, as: String.self, policy: .forever) { nil as Loaded<String>? }
    #expect(nothing == nil && service.valid(key)?.isAbsent == true)
    #expect(glance.peek() == nil)
    #expect(await glance.entry() == nil)
  }

  @Test("With the store away nothing is renewed, and what is trusted is served")
  func away() async throws {
    let (service, glance) = try await loaded()
    link.odds = .refusing
    clock.advance(by: .milliseconds(9_500))
    #expect(glance.peek() != nil)
    try await eventually("it is found out") { glance.peek() == nil }
    #expect(service.valid(key) != nil)
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
