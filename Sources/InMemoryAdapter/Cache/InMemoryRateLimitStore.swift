package import Caching
package import Kernel
import Synchronization

/// Counts in this process's memory, for one instance. Never out of reach.
///
/// At most `capacity` windows are remembered: when there are more, those go in which nothing is counted, then a quarter
/// of the rest, those that would be empty first.
package final class InMemoryRateLimitStore: RateLimitStorePort {
  private struct Subject: Hashable {
    let key: CacheKey
    let window: Int
  }

  private let windows = Mutex<[Subject: SlottedWindow]>([:])
  private let capacity: Int
  private let ticker: any Ticker

  /// An empty store.
  package init(capacity: Int = 131_072, ticker: any Ticker = SystemClock()) {
    self.capacity = max(1, capacity)
    self.ticker = ticker
  }

  /// How many windows are remembered now.
  package var count: Int { windows.withLock(\.count) }

  package func take(
    _ count: Int, of limit: Int, per window: Duration, for key: CacheKey
  ) async throws(CacheStoreError) -> RateLimitGrant {
    let subject = Subject(key: key, window: RateLimitSlots.microseconds(window))
    let now = Int(ticker.nanoseconds() / 1000)
    return windows.withLock { windows in
      if windows.count >= capacity, windows[subject] == nil { makeRoom(in: &windows, at: now) }
      return windows[subject, default: SlottedWindow(length: subject.window)].take(count, of: limit, at: now)
    }
  }

  package func giveBack(
    _ count: Int, of grant: RateLimitGrant, per window: Duration, for key: CacheKey
  ) async throws(CacheStoreError) {
    let subject = Subject(key: key, window: RateLimitSlots.microseconds(window))
    windows.withLock { $0[subject]?.giveBack(min(count, grant.granted), to: grant.place) }
  }

  private func makeRoom(in windows: inout [Subject: SlottedWindow], at now: Int) {
    windows = windows.filter { $0.value.emptyFrom > now }
    guard windows.count >= capacity else { return }
    let quietest = windows.sorted { $0.value.emptyFrom < $1.value.emptyFrom }.prefix(max(1, capacity / 4))
    for (subject, _) in quietest { windows[subject] = nil }
  }
}
