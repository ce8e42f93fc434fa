import InMemoryAdapter
import Kernel
import PortContracts
import Synchronization
import Testing

@testable import Caching

@Suite("The database behind the cache")
struct OriginTests {
  private let key = CacheKey("n", .platform, "offer", tags: ["offers"])
  private let tag = CacheTag.named("offers", .platform)

  /// A load that notes what a replica must have seen to serve it.
  private final class NotedLoad: Sendable {
    private let positions = Mutex<[UInt64?]>([])

    var seen: [UInt64?] { positions.withLock { $0 } }

    func load() async throws -> Loaded<String>? {
      positions.withLock { $0.append(LoadFreshness.position) }
      return Loaded("value")
    }
  }

  private func options() -> SharedTierOptions {
    var options = SharedTierOptions()
    options.channel = nil
    options.firstProbe = .milliseconds(1)
    // A busy machine is no failure of the store.
    options.readLimit = .seconds(30)
    options.writeLimit = .seconds(30)
    options.doubtLease = .seconds(300)
    return options
  }

  @Test("The position that a change's commit notes is that of the generation, and the writer hears that all were told")
  func position() async throws {
    let store = InMemoryCacheStore(ticker: SystemClock())
    let service = CacheService(shared: store, options: options())
    let told = Mutex<[Bool]>([])
    try await service.change([tag]) { () -> CacheChange<Void> in
      for position in [70, 60] as [UInt64] {
        CommitLedger.current?.committed(position: position) { isTold in told.withLock { $0.append(isTold) } }
      }
      return .committed(())
    }
    #expect(try await store.read([], [tag]).generations[0]?.position == 70)
    #expect(told.withLock { $0 } == [true, true])
    try await service.change([tag]) { () -> CacheChange<Void> in
      CommitLedger.current?.committed(position: nil) { _ in }
      return .committed(())
    }
    #expect(try await store.read([], [tag]).generations[0]?.position == nil, "nobody knows where that one lies")
  }

  @Test("What changed nothing is not reported as told, and a store that is away is")
  func untoldChanges() async throws {
    let store = ChaosStore(InMemoryCacheStore(ticker: SystemClock()), seed: 1)
    let service = CacheService(shared: store, options: options())
    let told = Mutex<[Bool]>([])
    func change(_ isDone: Bool) async throws {
      try await service.change([tag]) { () -> CacheChange<Void> in
        CommitLedger.current?.committed(position: 1) { isTold in told.withLock { $0.append(isTold) } }
        return isDone ? .committed(()) : .unchanged(())
      }
    }
    try await change(false)
    #expect(told.withLock { $0.isEmpty })
    store.odds = .refusing
    try await change(true)
    #expect(told.withLock { $0 } == [false])
  }

  @Test("A load must see the newest change of all its tags; of what nobody knows it is the primary's")
  func freshness() async throws {
    let store = InMemoryCacheStore(ticker: SystemClock())
    var origin = CacheOrigin()
    let held = NotedLoad()
    let blind = CacheService(shared: store, options: options())
    _ = try await blind.getOrSet(key, as: String.self, policy: .forever) { try await held.load() }
    #expect(held.seen == [nil])

    origin.position = { 50 }
    let other = CacheKey("n", .platform, "other", tags: ["others"])
    let fresh = InMemoryCacheStore(ticker: SystemClock())
    let service = CacheService(shared: fresh, options: options(), origin: origin)
    _ = try await service.getOrSet(key, as: String.self, policy: .forever) { try await held.load() }
    #expect(held.seen.last == 50, "nothing has changed since the store was empty")
    await service.invalidate([tag], position: 70)
    _ = try await service.getOrSetMany([key, other], as: String.self, policy: .forever) { keys in
      var loaded: [CacheKey: Loaded<String>] = [:]
      for key in keys { loaded[key] = try await held.load() }
      return loaded
    }
    #expect(held.seen.dropFirst(2) == [70, 70])
    #expect(LoadFreshness.position == nil)
  }

  @Test("A load while a change is under way, and one without the store, are the primary's")
  func unfenced() async throws {
    var origin = CacheOrigin()
    origin.position = { 50 }
    let store = ChaosStore(InMemoryCacheStore(ticker: SystemClock()), seed: 1)
    let (service, other) = (
      CacheService(shared: store, options: options(), origin: origin),
      CacheService(shared: store, options: options(), origin: origin)
    )
    let held = NotedLoad()
    try await other.change([tag]) { () -> CacheChange<Void> in
      _ = try await service.getOrSet(key, as: String.self, policy: .forever) { try await held.load() }
      return .committed(())
    }
    store.odds = .refusing
    _ = try await service.getOrSet(key, as: String.self, policy: .forever) { try await held.load() }
    #expect(held.seen == [nil, nil])
  }

  @Test("A change that is heard of from elsewhere drops what is in memory, and what the store still has")
  func hearing() async throws {
    let store = InMemoryCacheStore(ticker: SystemClock())
    let service = CacheService(shared: store, options: options())
    let held = NotedLoad()
    func read() async throws {
      _ = try await service.getOrSet(key, as: String.self, policy: .forever) { try await held.load() }
    }
    try await read()
    try await read()
    #expect(held.seen.count == 1)
    let before = try await store.read([], [tag]).generations[0]
    service.hear([tag])
    try await read()
    #expect(held.seen.count == 2)
    try await settle { try await store.read([], [tag]).generations[0]?.nonce != before?.nonce }
  }

  @Test("A store that is back is believed only about what no other instance owes it")
  func untold() async throws {
    let inner = InMemoryCacheStore(ticker: SystemClock())
    let store = ChaosStore(inner, seed: 1)
    let (held, asked) = (NotedLoad(), NotedLoad())
    var origin = CacheOrigin()
    origin.untold = { [tag] in
      _ = try await asked.load()
      return [tag]
    }
    let service = CacheService(shared: store, options: options(), origin: origin)
    _ = try await service.getOrSet(key, as: String.self, policy: .forever) { try await held.load() }
    let before = try await inner.read([], [tag]).generations[0]
    store.odds = .refusing
    #expect(await service.get(CacheKey("n", .platform, "unknown"), as: String.self) == nil)
    #expect(!service.isSharedStoreUp && asked.seen.isEmpty)
    store.odds = ChaosOdds()
    try await settle { service.isSharedStoreUp }
    #expect(asked.seen.count == 1)
    #expect(try await inner.read([], [tag]).generations[0]?.nonce != before?.nonce)
  }

  /// Waits until a condition holds.
  private func settle(_ condition: () async throws -> Bool) async throws {
    let deadline = ContinuousClock.now + .seconds(20)
    while !(try await condition()) {
      try #require(ContinuousClock.now < deadline)
      try await Task.sleep(for: .milliseconds(2))
    }
  }
}
