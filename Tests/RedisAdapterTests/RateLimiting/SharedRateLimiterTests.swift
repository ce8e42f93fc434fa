import Caching
import Kernel
import PortContracts
import RedisAdapter
import RedisClient
import TestServers
import Testing

@Suite("Rate limiters over Redis", .timeLimit(.minutes(2)))
struct RedisSharedRateLimiterTests {
  @Test("The roster keeps the rules of its port", arguments: InstanceRosterContract.rules)
  func obeys(_ rule: ContractRule<any InstanceRosterPort>) async throws {
    let server = try await RedisServer()
    let client = RedisClient(silent: server.configuration)
    defer { client.shutdown() }
    try await rule.check(RedisInstanceRoster(client: client))
  }

  @Test("Four instances at twice the limit: the limit, then shares of it while Redis is killed, then the limit again")
  func killed() async throws {
    let server = try await RedisServer()
    try await withInstances(4, on: server) { limiters in
      try await settle("all four have been heard of") { limiters.allSatisfy { $0.statistics.instances == 4 } }
      let together = await burst(limiters, "a", 800)
      #expect((400...420).contains(together), "\(together) passed together")
      var evenly = 0
      for limiter in limiters { evenly += await burst([limiter], "d", 60) }
      #expect(evenly == 240)

      server.kill()
      try await settle("the store is missed") { limiters.allSatisfy { !$0.statistics.isShared } }
      let alone = await burst(limiters, "b", 800)
      #expect(alone == 400, "four shares of 100")
      #expect(await burst(limiters, "d", 800) == 160, "what was admitted before still counts")

      try await server.restart()
      try await settle("the store is back") { limiters.allSatisfy { $0.statistics.isShared } }
      #expect(await burst(limiters, "b", 400) <= 20, "a store that has forgotten is told")
      #expect(await burst(limiters, "d", 400) <= 20, "of what was before it went, too")
      let other = await burst(limiters, "c", 800)
      #expect((400...420).contains(other), "\(other) passed together again")
    }
  }

  @Test("Far from the limit a thousand requests cost Redis a few commands")
  func cost() async throws {
    let server = try await RedisServer()
    try await withInstances(1, on: server, quota: 1_000_000) { limiters in
      let subjects = limiters[0].subjects(Self.client("a"))
      for _ in 0..<1_000 {
        #expect(await limiters[0].takeWaiting(subjects)?.isAllowed == true)
        try await Task.sleep(for: .microseconds(300))
      }
      #expect(limiters[0].statistics.orders < 100, "\(limiters[0].statistics.orders) orders")
    }
  }

  /// Requests of one client, spread over the instances; returns how many passed.
  private func burst(_ limiters: [RateLimiter], _ name: String, _ count: Int) async -> Int {
    await withTaskGroup(of: Bool.self) { group in
      for number in 0..<count {
        group.addTask {
          let limiter = limiters[number % limiters.count]
          return await limiter.takeWaiting(limiter.subjects(Self.client(name)))?.isAllowed == true
        }
      }
      return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
    }
  }

  private func withInstances(
    _ count: Int, on server: RedisServer, quota: Int = 400, _ body: ([RateLimiter]) async throws -> Void
  ) async throws {
    let clients = (0..<count).map { _ in RedisClient(silent: server.configuration) }
    defer { for client in clients { client.shutdown() } }
    let limiters = clients.enumerated().map { number, client in
      RateLimiter(
        clientQuota: quota, tenantQuota: 0, globalQuota: 0,
        shared: SharedRateLimits(
          store: RedisRateLimitStore(client: client), roster: RedisInstanceRoster(client: client),
          instance: "\(number)"))
    }
    try await withThrowingTaskGroup(of: Void.self) { group in
      for limiter in limiters { group.addTask { await limiter.run() } }
      try await body(limiters)
      group.cancelAll()
    }
  }

  private static func client(_ name: String) -> RateLimiter.Client {
    RateLimiter.Client(tenant: TenantID(UniqueID(high: 1, low: 1)), name: name)
  }
}
