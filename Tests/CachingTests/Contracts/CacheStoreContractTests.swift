import InMemoryAdapter
import Kernel
import PortContracts
import Testing

@Suite("A store in memory keeps the contract of cache stores", .timeLimit(.minutes(2)))
struct CacheStoreContractTests {
  @Test("Rule", arguments: CacheStoreContract.rules)
  func rule(_ rule: ContractRule<CacheStoreSubject>) async throws {
    let clock = ManualClock()
    let store = InMemoryCacheStore(ticker: clock)
    try await rule.check(CacheStoreSubject(store, tenant: .fresh()) { clock.advance(by: $0) })
  }

  @Test("Rule, on a store that other tenants use too")
  func sharedStore() async throws {
    let clock = ManualClock()
    let store = InMemoryCacheStore(ticker: clock)
    for rule in CacheStoreContract.rules {
      do {
        try await rule.check(CacheStoreSubject(store, tenant: .fresh()) { clock.advance(by: $0) })
      } catch {
        Issue.record("\(rule.testDescription): \(error)")
      }
    }
  }
}

@Suite("A store in memory keeps the contract of fence stores", .timeLimit(.minutes(2)))
struct FenceStoreContractTests {
  @Test("Rule", arguments: FenceStoreContract.rules)
  func rule(_ rule: ContractRule<FenceStoreSubject>) async throws {
    let clock = ManualClock()
    let store = InMemoryCacheStore(ticker: clock)
    try await rule.check(FenceStoreSubject(store, tenant: .fresh()) { clock.advance(by: $0) })
  }
}
