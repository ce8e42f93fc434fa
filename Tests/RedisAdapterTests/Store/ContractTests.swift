import Caching
import InMemoryAdapter
import Kernel
import PortContracts
import RedisAdapter
import Testing

/// One rule after the other on each topology: many of them count real milliseconds.
@Suite("Contracts", .serialized, .timeLimit(.minutes(5)))
struct ContractTests {
  @Test("A store keeps the contract of cache stores", arguments: Topology.allCases, CacheStoreContract.rules)
  func cacheStore(_ topology: Topology, _ rule: ContractRule<CacheStoreSubject>) async throws {
    let store = RedisCacheStore(client: try await topology.client(), prefix: "con[tract]*")
    try await rule.check(CacheStoreSubject(store, tenant: .fresh()) { try await Task.sleep(for: $0) })
  }

  @Test("A store keeps the contract of fence stores", arguments: Topology.allCases, FenceStoreContract.rules)
  func fenceStore(_ topology: Topology, _ rule: ContractRule<FenceStoreSubject>) async throws {
    let store = RedisCacheStore(client: try await topology.client())
    try await rule.check(FenceStoreSubject(store, tenant: .fresh()) { try await Task.sleep(for: $0) })
  }

  @Test("A store keeps the contract of rate-limit stores", arguments: Topology.allCases, RateLimitStoreContract.rules)
  func rateLimitStore(_ topology: Topology, _ rule: ContractRule<RateLimitStoreSubject>) async throws {
    let store = RedisRateLimitStore(client: try await topology.client())
    try await rule.check(
      RateLimitStoreSubject(store, tenant: .fresh(), ticker: SystemClock()) { try await Task.sleep(for: $0) })
  }

  @Test("A store in memory keeps the contract of rate-limit stores", arguments: RateLimitStoreContract.rules)
  func memory(_ rule: ContractRule<RateLimitStoreSubject>) async throws {
    let clock = ManualClock()
    let store = InMemoryRateLimitStore(ticker: clock)
    try await rule.check(RateLimitStoreSubject(store, tenant: .fresh(), ticker: clock) { clock.advance(by: $0) })
  }
}
