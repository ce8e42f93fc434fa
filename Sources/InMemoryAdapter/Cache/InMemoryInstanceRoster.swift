package import Caching
package import Kernel
import Synchronization

/// Instances within one process, as tests have them.
package final class InMemoryInstanceRoster: InstanceRosterPort {
  private static let memory: UInt64 = 120_000_000_000

  private let heard = Mutex<[String: UInt64]>([:])
  private let ticker: any Ticker

  /// A roster that nobody is on.
  package init(ticker: any Ticker = SystemClock()) { self.ticker = ticker }

  package func announce(
    _ instance: String, freshness: Duration
  ) async throws(CacheStoreError) -> InstanceRoster {
    let now = ticker.nanoseconds()
    let limit = UInt64(freshness / .nanoseconds(1))
    return heard.withLock { heard in
      heard = heard.filter { $0.value + Self.memory > now }
      let wasKnown = heard.updateValue(now, forKey: instance) != nil
      return InstanceRoster(instances: heard.values.count { $0 + limit >= now }, wasKnown: wasKnown)
    }
  }
}
