import Caching
import InMemoryAdapter
import Kernel
import PortContracts
import Testing

@Suite("The cache keeps the contract of its port", .timeLimit(.minutes(2)))
struct CacheServiceContractTests {
  private let clock = ManualClock()

  /// However busy the machine is, no change is taken for a slow one.
  private var environment: CacheEnvironment {
    var environment = CacheEnvironment(ticker: clock, wallClock: clock)
    environment.sleep = { duration in
      try await Task.sleep(for: duration == SharedTierOptions().changePatience ? .seconds(60) : duration)
    }
    return environment
  }

  @Test("Rule", arguments: CacheServiceContract.rules)
  func rule(_ rule: ContractRule<CacheServiceSubject>) async throws {
    let service = CacheService(store: InMemoryCacheStore(ticker: clock), environment: environment)
    try await rule.check(CacheServiceSubject(service, clock: clock, tenant: .fresh()))
  }

  @Test("Rule, over a store that instances share", arguments: CacheServiceContract.rules)
  func sharedRule(_ rule: ContractRule<CacheServiceSubject>) async throws {
    var options = SharedTierOptions.patient
    options.localTimeToLive = nil
    // By a clock that is moved by hand a feed of messages would seem dead whenever it is moved.
    // However busy the machine is, no call to the store is given up.
    let service = CacheService(
      shared: InMemoryCacheStore(ticker: clock), options: options, environment: environment)
    try await rule.check(CacheServiceSubject(service, clock: clock, tenant: .fresh()))
  }
}
