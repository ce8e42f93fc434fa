import Caching
import InMemoryAdapter
import Kernel
import PortContracts
import Testing

@Suite("The cache keeps the contract of its port", .timeLimit(.minutes(2)))
struct CacheServiceContractTests {
  @Test("Rule", arguments: CacheServiceContract.rules)
  func rule(_ rule: ContractRule<CacheServiceSubject>) async throws {
    let clock = ManualClock()
    let service = CacheService(store: InMemoryCacheStore(ticker: clock), ticker: clock)
    try await rule.check(CacheServiceSubject(service, clock: clock, tenant: .fresh()))
  }
}
