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
    let service = CacheService(
      store: InMemoryCacheStore(ticker: clock), environment: CacheEnvironment(ticker: clock, wallClock: clock))
    try await rule.check(CacheServiceSubject(service, clock: clock, tenant: .fresh()))
  }

  @Test("Rule, over a store that instances share", arguments: CacheServiceContract.rules)
  func sharedRule(_ rule: ContractRule<CacheServiceSubject>) async throws {
    let clock = ManualClock()
    var options = SharedTierOptions()
    options.localTimeToLive = nil
    // By a clock that is moved by hand a feed of messages would seem dead whenever it is moved.
    options.channel = nil
    // However busy the machine is, no call to the store is given up.
    options.readLimit = .seconds(60)
    options.writeLimit = .seconds(60)
    let service = CacheService(
      shared: InMemoryCacheStore(ticker: clock), options: options,
      environment: CacheEnvironment(ticker: clock, wallClock: clock))
    try await rule.check(CacheServiceSubject(service, clock: clock, tenant: .fresh()))
  }
}
