import InMemoryAdapter
import Kernel
import PortContracts
import Synchronization
import Testing

@testable import Caching

@Suite("Rate limiters that count together", .timeLimit(.minutes(2)))
struct SharedRateLimiterTests {
  let clock = ManualClock()
  let tenant = TenantID(UniqueID(high: 1, low: 1))

  @Test("Four instances at twice the limit admit what the limit says in every minute, and 5 % more at most")
  func overshoot() async throws {
    let fleet = await Fleet(4, client: 600, clock)
    var admitted: [UInt64] = []
    for step in 0..<3_600 {  // 20 requests a second for three minutes
      if step.isMultiple(of: 20) { await fleet.keepInTouch() }
      if try await fleet.take(step % 4, client("a")).isAllowed { admitted.append(clock.nanoseconds() / 1_000_000) }
      await fleet.settle()
      clock.advance(by: .milliseconds(50))
    }
    let most = admitted.map { start in admitted.count { $0 >= start && $0 < start + 60_000 } }.max() ?? 0
    #expect(most <= 630, "a minute admitted \(most)")
    #expect(admitted.count >= 1_750, "three minutes admitted \(admitted.count)")
  }

  @Test("A burst of twice the limit over four instances is admitted up to the limit, exactly")
  func burst() async throws {
    let fleet = await Fleet(4, client: 100, clock)
    let passed = try await withThrowingTaskGroup(of: Bool.self) { group in
      for number in 0..<200 { group.addTask { try await fleet.take(number % 4, client("a")).isAllowed } }
      return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
    }
    #expect((100...105).contains(passed), "\(passed) passed")
  }

  @Test("Far from the limit the store is asked once for many requests, and none of them waits but the first")
  func leases() async throws {
    let fleet = await Fleet(1, client: 100_000, clock)
    _ = try await fleet.take(0, client("a"))
    var waited = 0
    for _ in 0..<2_000 {
      if case .unknown = fleet.limiters[0].take(fleet.limiters[0].subjects(client("a"))) { waited += 1 }
      clock.advance(by: .milliseconds(1))
      await fleet.settle()
    }
    #expect(waited == 0)
    #expect(fleet.store.calls < 40, "the store was asked \(fleet.store.calls) times")
  }

  @Test("What was spent on credit is paid within six seconds, although nobody comes after")
  func debts() async throws {
    let fleet = await Fleet(1, client: 1_000, clock)
    let before = fleet.store.calls
    for _ in 0..<3 { #expect(fleet.limiters[0].take(fleet.limiters[0].subjects(client("a"))).admits) }
    await fleet.settle()
    #expect(fleet.store.calls == before)
    var rounds = 0
    // Each round announces the instance, which is a call.
    while fleet.store.calls == before + rounds {
      clock.advance(by: .seconds(1))
      rounds += 1
      await fleet.keepInTouch()
      try #require(rounds <= 6)
    }
    #expect(rounds == 5)
    #expect(try await fleet.take(0, client("a")).remaining == 996)
  }

  @Test("What was leased and not spent is another instance's within two seconds")
  func returns() async throws {
    let fleet = await Fleet(2, client: 40, clock)
    for _ in 0..<20 { _ = try await fleet.take(0, client("a")) }
    // What was asked for ahead must have come, or it comes after units are given back and is kept for a second more.
    await fleet.settle()
    clock.advance(by: .milliseconds(1_100))
    await fleet.keepInTouch()
    var passed = 0
    for _ in 0..<40 where try await fleet.take(1, client("a")).isAllowed { passed += 1 }
    #expect(passed == 20)
  }

  @Test("With the store gone each instance admits its share of the limit, counting what it had admitted before")
  func alone() async throws {
    let fleet = await Fleet(4, client: 100, clock)
    for number in 0..<40 { _ = try await fleet.take(number % 4, client("a")) }
    fleet.store.isDown = true
    await fleet.keepInTouch()
    for index in 0..<4 {
      #expect(!fleet.limiters[index].statistics.isShared && fleet.limiters[index].statistics.instances == 4)
      var passed = 0
      for _ in 0..<50 {
        let verdict = fleet.limiters[index].take(fleet.limiters[index].subjects(client("a")))
        #expect(verdict != .unknown)
        passed += verdict.admits ? 1 : 0
      }
      #expect(passed == 15, "instance \(index)")
    }
  }

  @Test("When the store comes back empty, what was admitted before and meanwhile still counts")
  func forgetful() async throws {
    let fleet = await Fleet(2, client: 100, clock)
    for number in 0..<60 { _ = try await fleet.take(number % 2, client("a")) }
    fleet.store.isDown = true
    await fleet.keepInTouch()
    for number in 0..<10 { _ = try await fleet.take(number % 2, client("a")) }
    fleet.store.forget()
    await fleet.keepInTouch()
    #expect(fleet.limiters.allSatisfy { !$0.statistics.isShared }, "until all can have paid in")
    clock.advance(by: .seconds(2))
    await fleet.keepInTouch()
    #expect(fleet.limiters.allSatisfy { $0.statistics.isShared })
    var passed = 0
    for number in 0..<100 where try await fleet.take(number % 2, client("a")).isAllowed { passed += 1 }
    #expect((28...32).contains(passed), "\(passed) passed")
  }

  @Test("A store that never answers holds a request up for no longer than the patience, and only the first")
  func frozen() async throws {
    let fleet = await Fleet(1, client: 10, clock, patience: .milliseconds(50))
    fleet.store.isFrozen = true
    #expect(try await fleet.take(0, client("a")).isAllowed)
    #expect(!fleet.limiters[0].statistics.isShared)
  }

  private func client(_ name: String) -> RateLimiter.Client { RateLimiter.Client(tenant: tenant, name: name) }
}

/// Limiters of instances that share a store in memory.
private struct Fleet: Sendable {
  let store: FaultyLimits
  let limiters: [RateLimiter]
  private let background = Background()

  init(_ count: Int, client: Int, _ clock: ManualClock, patience: Duration = .seconds(5)) async {
    let store = FaultyLimits(clock)
    self.store = store
    var environment = CacheEnvironment(ticker: clock)
    environment.start = { [background] in background.start($0) }
    limiters = (0..<count).map { [environment] number in
      var shared = SharedRateLimits(store: store, roster: store, instance: "\(number)")
      shared.patience = patience
      return RateLimiter(
        clientQuota: client, tenantQuota: 0, globalQuota: 0, shared: shared, environment: environment)
    }
    // Each hears of those that come after it in its second round.
    await keepInTouch()
    await keepInTouch()
  }

  func take(_ index: Int, _ client: RateLimiter.Client) async throws -> RateLimitDecision {
    try #require(await limiters[index].takeWaiting(limiters[index].subjects(client)))
  }

  func keepInTouch() async { for limiter in limiters { await limiter.keepInTouch() } }

  /// Waits for all that runs in the background.
  func settle() async { await background.end() }
}

/// The tasks that limiters have started.
private final class Background: Sendable {
  private let tasks = Mutex<[Task<Void, Never>]>([])

  func start(_ work: @escaping @Sendable () async -> Void) -> Task<Void, Never> {
    let task = Task { await work() }
    tasks.withLock { $0.append(task) }
    return task
  }

  /// Waits until none runs, of those that others start, too.
  func end() async {
    while let task = tasks.withLock({ $0.popLast() }) { await task.value }
  }
}

/// A store that counts its calls, and can be taken away.
private final class FaultyLimits: RateLimitStorePort, InstanceRosterPort {
  private struct State {
    var windows: InMemoryRateLimitStore
    var roster: InMemoryInstanceRoster
    var calls = 0
    var isDown = false
    var isFrozen = false
  }

  private let state: Mutex<State>
  private let clock: ManualClock

  init(_ clock: ManualClock) {
    self.clock = clock
    state = Mutex(
      State(windows: InMemoryRateLimitStore(ticker: clock), roster: InMemoryInstanceRoster(ticker: clock)))
  }

  var calls: Int { state.withLock(\.calls) }
  var isDown: Bool {
    get { state.withLock(\.isDown) }
    set { state.withLock { $0.isDown = newValue } }
  }
  var isFrozen: Bool {
    get { state.withLock(\.isFrozen) }
    set { state.withLock { $0.isFrozen = newValue } }
  }

  /// Comes back with nothing in it.
  func forget() {
    state.withLock {
      $0 = State(windows: InMemoryRateLimitStore(ticker: clock), roster: InMemoryInstanceRoster(ticker: clock))
    }
  }

  func take(
    _ count: Int, of limit: Int, per window: Duration, for key: CacheKey
  ) async throws(CacheStoreError) -> RateLimitGrant {
    try await reached().windows.take(count, of: limit, per: window, for: key)
  }

  func giveBack(
    _ count: Int, of grant: RateLimitGrant, per window: Duration, for key: CacheKey
  ) async throws(CacheStoreError) {
    try await reached().windows.giveBack(count, of: grant, per: window, for: key)
  }

  func announce(_ instance: String, freshness: Duration) async throws(CacheStoreError) -> InstanceRoster {
    try await reached().roster.announce(instance, freshness: freshness)
  }

  private func reached() async throws(CacheStoreError) -> (
    windows: InMemoryRateLimitStore, roster: InMemoryInstanceRoster
  ) {
    if isFrozen {
      // Cancelled when the caller has no more patience.
      try? await Task.sleep(for: .seconds(600))
      throw .timedOut
    }
    let (isDown, windows, roster) = state.withLock { state in
      state.calls += 1
      return (state.isDown, state.windows, state.roster)
    }
    if isDown { throw .unavailable }
    return (windows, roster)
  }
}
