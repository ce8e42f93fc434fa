import Caching
import InMemoryAdapter
import Kernel
import PortContracts
import Testing

extension ContractRule: CustomTestStringConvertible {}

extension TenantID {
  fileprivate static func fresh() -> TenantID {
    TenantID(UniqueID(high: .random(in: .min ... .max), low: .random(in: .min ... .max)))
  }
}

@Suite("The model of a shared store keeps the contracts of stores", .timeLimit(.minutes(5)))
struct ModelStoreContractTests {
  @Test("Rule of cache stores", arguments: CacheStoreContract.rules)
  func store(_ rule: ContractRule<CacheStoreSubject>) async throws {
    let clock = ManualClock()
    try await rule.check(
      CacheStoreSubject(ModelStore(ticker: clock), tenant: .fresh()) { clock.advance(by: $0) })
  }

  @Test("Rule of fence stores", arguments: FenceStoreContract.rules)
  func fences(_ rule: ContractRule<FenceStoreSubject>) async throws {
    let clock = ManualClock()
    try await rule.check(
      FenceStoreSubject(ModelStore(ticker: clock), tenant: .fresh()) { clock.advance(by: $0) })
  }
}

@Suite("A chaos store in which nothing goes wrong keeps the contracts of stores", .timeLimit(.minutes(5)))
struct ChaosStoreContractTests {
  @Test("Rule of cache stores", arguments: CacheStoreContract.rules)
  func store(_ rule: ContractRule<CacheStoreSubject>) async throws {
    let clock = ManualClock()
    let store = ChaosStore(InMemoryCacheStore(ticker: clock), seed: 1)
    try await rule.check(CacheStoreSubject(store, tenant: .fresh()) { clock.advance(by: $0) })
  }

  @Test("Rule of fence stores", arguments: FenceStoreContract.rules)
  func fences(_ rule: ContractRule<FenceStoreSubject>) async throws {
    let clock = ManualClock()
    let store = ChaosStore(InMemoryCacheStore(ticker: clock), seed: 1)
    try await rule.check(FenceStoreSubject(store, tenant: .fresh()) { clock.advance(by: $0) })
  }
}
