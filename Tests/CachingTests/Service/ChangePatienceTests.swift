import InMemoryAdapter
import PortContracts
import Synchronization
import Testing

@testable import Caching

@Suite("What is in memory while a change of it runs", .timeLimit(.minutes(1)))
struct ChangePatienceTests {
  private let clock = ManualClock()
  private let key = CacheKey("n", .platform, "a", tags: ["venue"])
  private let venue = CacheTag.named("venue", .platform)
  private let patience = Checkpoint()

  private func service(isShared: Bool) -> CacheService {
    var environment = CacheEnvironment(ticker: clock, wallClock: clock)
    let (limit, patience) = (SharedTierOptions().changePatience, patience)
    environment.sleep = { if $0 == limit { try await patience.wait() } else { try await Task.sleep(for: $0) } }
    let store = InMemoryCacheStore(ticker: clock)
    guard isShared else { return CacheService(store: store, environment: environment) }
    let options = SharedTierOptions.patient
    return CacheService(shared: store, options: options, environment: environment)
  }

  private func read(_ service: CacheService, _ value: Int) async throws -> Int? {
    try await service.getOrSet(key, as: Int.self, policy: .forever) { Loaded(value) }?.value()
  }

  @Test("It is served, and gone when the change has happened", arguments: [false, true])
  func served(isShared: Bool) async throws {
    let service = service(isShared: isShared)
    _ = try await read(service, 1)
    try await service.change([venue]) {
      #expect(service.peek(key) != nil)
      let (found, copy) = (try await read(service, 2), await service.get(key, as: Int.self))
      #expect(found == 1 && copy == 1)
      return .committed(())
    }
    #expect(service.peek(key) == nil)
    #expect(try await read(service, 2) == 2)
  }

  @Test("It is not served when the change takes its time, since it may have happened", arguments: [false, true])
  func slow(isShared: Bool) async throws {
    let service = service(isShared: isShared)
    _ = try await read(service, 1)
    try await service.change([venue]) {
      patience.open()
      while service.peek(key) != nil {
        try Task.checkCancellation()
        await Task.yield()
      }
      let found = try await read(service, 2)
      #expect(found == 2 && service.peek(key) == nil)
      return .unchanged(())
    }
    #expect(try await read(service, 3) == 3)
  }

  @Test("It is not served from the moment on that the instance hears of a change that has happened")
  func heard() async throws {
    var environment = CacheEnvironment(ticker: clock, wallClock: clock)
    var options = SharedTierOptions()
    options.channel = nil
    let (limit, end) = (options.writeLimit, Checkpoint())
    let isTold = Mutex(false)
    environment.sleep = { if $0 == limit { try await end.wait() } else { try await Task.sleep(for: $0) } }
    let store = ChaosStore(InMemoryCacheStore(ticker: clock), seed: 1)
    let service = CacheService(shared: store, options: options, environment: environment)
    _ = try await read(service, 1)
    store.odds = .partitioned
    async let told: Void = {
      await service.invalidate([venue], position: nil)
      isTold.withLock { $0 = true }
    }()
    while service.peek(key) != nil {
      // At the time limit: what would tell the change waits for this.
      if Task.isCancelled { end.open() }
      await Task.yield()
    }
    #expect(isTold.withLock { $0 } == false, "it went when the change had been told, not before")
    end.open()
    await told
  }
}
