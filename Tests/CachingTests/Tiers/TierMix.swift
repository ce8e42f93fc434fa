import Caching
import InMemoryAdapter
import PortContracts

/// Which tiers a cache has.
enum TierMix: String, CaseIterable, Sendable {
  case memory, memoryAndShared, sharedAlone, memoryAndFailing

  /// A cache of that kind. Its limits of time are long, so that a slow machine is not taken for a slow store.
  func service(_ clock: ManualClock) -> CacheService {
    let store = InMemoryCacheStore(ticker: clock)
    let environment = CacheEnvironment(ticker: clock, wallClock: clock)
    let options = SharedTierOptions.patient
    switch self {
    case .memory: return CacheService(store: store, environment: environment)
    case .memoryAndShared: return CacheService(shared: store, options: options, environment: environment)
    case .sharedAlone:
      return CacheService(shared: store, limits: .init(entries: 0), options: options, environment: environment)
    case .memoryAndFailing:
      let failing = ChaosStore(store, odds: .refusing, seed: 1)
      return CacheService(shared: failing, options: options, environment: environment)
    }
  }
}
