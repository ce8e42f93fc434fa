import Kernel
import PortContracts
import Testing

@testable import Caching

@Suite("Rate limiter")
struct RateLimiterTests {
  let clock = ManualClock()
  let tenant = TenantID(UniqueID(high: 1, low: 1))

  func limiter(client: Int = 0, tenant: Int = 0, global: Int = 0) -> RateLimiter {
    RateLimiter(
      clientQuota: client, tenantQuota: tenant, globalQuota: global, environment: CacheEnvironment(ticker: clock))
  }

  func client(_ name: String) -> RateLimiter.Client { RateLimiter.Client(tenant: tenant, name: name) }

  @Test("Exactly the quota passes in a window, however it is spread over the minute", arguments: [1, 7, 100])
  func quota(_ quota: Int) throws {
    let limiter = limiter(client: quota)
    var passed = 0
    for _ in 0..<(quota * 3) {
      if try #require(limiter.take(client("a"))).isAllowed { passed += 1 }
      clock.advance(by: .milliseconds(59_000 / (quota * 3)))
    }
    #expect(passed == quota)
  }

  @Test("No window of a minute admits more than the quota, and a steady caller gets at least 98 % of it")
  func sliding() throws {
    let limiter = limiter(client: 100)
    var admitted: [UInt64] = []
    for _ in 0..<6_000 {  // 20 calls a second for five minutes
      if try #require(limiter.take(client("a"))).isAllowed { admitted.append(clock.nanoseconds() / 1_000_000) }
      clock.advance(by: .milliseconds(50))
    }
    for start in admitted {
      let inWindow = admitted.count { $0 >= start && $0 < start + 60_000 }
      #expect(inWindow <= 101, "a window that begins at \(start) ms admitted \(inWindow)")
    }
    #expect(admitted.count >= 490)
  }

  @Test("What is left counts down, and the time to the next is at most a minute")
  func decision() throws {
    let limiter = limiter(client: 3)
    #expect(try (0..<3).map { _ in try #require(limiter.take(client("a"))).remaining } == [2, 1, 0])
    let refused = try #require(limiter.take(client("a")))
    #expect(!refused.isAllowed && refused.remaining == 0 && (1...60).contains(refused.secondsToNext))
    clock.advance(by: .seconds(refused.secondsToNext + 1))
    #expect(try #require(limiter.take(client("a"))).isAllowed)
  }

  @Test("A request that one limit refuses counts against none")
  func allOrNothing() throws {
    let limiter = limiter(client: 2, tenant: 3)
    for _ in 0..<10 { _ = limiter.take(client("a")) }
    let other = try #require(limiter.take(client("b")))
    #expect(other.isAllowed && other.limit.name == "tenant" && other.remaining == 0)
    let third = try #require(limiter.take(client("c")))
    #expect(!third.isAllowed && third.limit.name == "tenant")
  }

  @Test("One tenant cannot use up another's limit; a global limit binds both")
  func tenants() throws {
    let other = RateLimiter.Client(tenant: TenantID(UniqueID(high: 2, low: 2)), name: "a")
    let limiter = limiter(tenant: 1, global: 2)
    #expect(limiter.take(client("a"))?.isAllowed == true)
    #expect(limiter.take(client("b"))?.isAllowed == false)
    #expect(limiter.take(other)?.isAllowed == true)
    clock.advance(by: .seconds(30))
    let third = RateLimiter.Client(tenant: TenantID(UniqueID(high: 3, low: 3)), name: "a")
    #expect(limiter.take(third)?.isAllowed == false)
  }

  @Test("Without any limit nothing is decided")
  func off() { #expect(limiter().take(client("a")) == nil) }

  @Test("However many clients come, only so many are remembered, and those that are full stay refused")
  func bounded() throws {
    let limiter = limiter(client: 1)
    for number in 0..<(RateLimiter.capacity + 50_000) { _ = limiter.take(client("\(number)")) }
    #expect(limiter.remembered <= RateLimiter.capacity)
    #expect(limiter.take(client("\(RateLimiter.capacity + 49_999)"))?.isAllowed == false)
  }

  @Test("Of 1,000 requests at once exactly the quota passes")
  func concurrent() async {
    let limiter = limiter(client: 100)
    let passed = await withTaskGroup(of: Bool.self) { group in
      for _ in 0..<1_000 { group.addTask { limiter.take(client("a"))?.isAllowed == true } }
      return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
    }
    #expect(passed == 100)
  }
}

extension RateLimiter {
  /// The decision of a limiter that need not ask anybody; nil when nothing is limited.
  func take(_ client: Client) -> RateLimitDecision? {
    guard case .decided(let decision) = take(subjects(client)) else { return nil }
    return decision
  }
}
