package import Caching
package import Kernel
package import NIOCore
import Synchronization

/// A cache store in this process's memory, for one instance that shares its counters, locks and messages with no other.
///
/// Bounded by entries and by bytes: keys that were not used again are evicted first, counters and locks among them. A
/// value that does not fit into its part of the table (see ``BoundedTable``) counts as evicted as soon as it is set.
/// It is never out of reach, so its only error is ``CacheStoreError/notANumber``.
package final class InMemoryCacheStore: CacheStorePort {
  /// How many keys are looked at before other tasks get a turn.
  private static let batch = 1024

  private let table: ValueTable<StoredBytes>
  let ticker: any Ticker
  let fences = Mutex(FenceTable(after: UInt64.random(in: 0 ... .max / 2)))
  let channels = InProcessChannels()

  /// An empty store.
  /// - Parameter ticker: counts time to live.
  package init(limits: CacheService.Limits = CacheService.Limits(), ticker: any Ticker = SystemClock()) {
    table = BoundedTable(.init(entries: limits.entries, bytes: limits.bytes))
    self.ticker = ticker
  }

  /// What the store holds and has done.
  package var statistics: TableStatistics { table.statistics }

  package func get(_ keys: [CacheKey]) async throws(CacheStoreError) -> [ByteBuffer?] {
    let now = ticker.nanoseconds()
    return keys.map { value($0, at: now)?.bytes }
  }

  package func set(_ values: [StoredValue]) async throws(CacheStoreError) {
    let now = ticker.nanoseconds()
    for value in values { put(value, at: now) }
  }

  package func delete(_ keys: [CacheKey]) async throws(CacheStoreError) -> Int { keys.count(where: remove) }

  package func delete(matching pattern: CachePattern) async throws(CacheStoreError) -> Int {
    let cursor = cursor(pattern)
    var count = 0
    while let keys = cursor.next(Self.batch) {
      count += keys.count(where: remove)
      await Task.yield()
    }
    return count
  }

  package func scan(_ pattern: CachePattern, batch: Int) -> AsyncThrowingStream<[String], any Error> {
    let cursor = cursor(pattern)
    return AsyncThrowingStream { cursor.next(max(1, batch))?.map(\.text) }
  }

  package func timeToLive(_ key: CacheKey) async throws(CacheStoreError) -> RemainingTime {
    let now = ticker.nanoseconds()
    guard let stored = value(key, at: now) else { return .absent }
    return stored.expiresAt == .max ? .forever : .expires(in: .nanoseconds(Int64(clamping: stored.expiresAt - now)))
  }

  package func increment(_ increments: [Increment]) async -> [Result<Int, CacheStoreError>] {
    increments.map { increment in
      update(increment.key) { old, now in
        let amount = increment.amount
        guard let old else {
          let made = StoredBytes(DecimalNumber.encode(amount), timeToLive: increment.timeToLive, from: now)
          return (made, .success(amount))
        }
        guard let number = DecimalNumber.decode(old.bytes) else { return (old, .failure(.notANumber)) }
        let (sum, overflows) = number.addingReportingOverflow(amount)
        guard !overflows else { return (old, .failure(.notANumber)) }
        return (StoredBytes(bytes: DecimalNumber.encode(sum), expiresAt: old.expiresAt), .success(sum))
      }
    }
  }

  package func compareAndSet(
    _ key: CacheKey, expected: ByteBuffer?, new: ByteBuffer, timeToLive: Duration?
  ) async throws(CacheStoreError) -> Bool {
    let new = new.compact()
    return update(key) { old, now in
      guard old?.bytes == expected else { return (old, false) }
      return (StoredBytes(new, timeToLive: timeToLive, from: now), true)
    }
  }

  package func compareAndDelete(_ key: CacheKey, expected: ByteBuffer) async throws(CacheStoreError) -> Bool {
    update(key) { old, _ in old?.bytes == expected ? (nil, true) : (old, false) }
  }

  package func publish(_ message: ByteBuffer, on channel: String) async throws(CacheStoreError) {
    channels.publish(message.compact(), on: channel)
  }

  package func subscribe(_ channel: String) async throws(CacheStoreError) -> AsyncStream<ByteBuffer> {
    channels.subscribe(channel)
  }

  package func isConnected() async -> Bool { true }

  /// Stores one value, and lets those leave whose time is over.
  func put(_ value: StoredValue, at now: UInt64) {
    let stored = StoredBytes(value.bytes, timeToLive: value.timeToLive, from: now)
    table.set(value.key, stored, cost: stored.cost(under: value.key), expiresAt: stored.expiresAt, now: now)
  }

  func value(_ key: CacheKey, at now: UInt64) -> StoredBytes? {
    table.value(key) { $0.isAlive(at: now) ? .valid : .stale }
  }

  /// Changes one key in one step: `body` gets what is there and the time, and returns what shall be there.
  private func update<Result: Sendable>(
    _ key: CacheKey, _ body: (StoredBytes?, UInt64) -> (kept: StoredBytes?, result: Result)
  ) -> Result {
    let now = ticker.nanoseconds()
    func isAlive(_ stored: StoredBytes) -> Bool { stored.isAlive(at: now) }
    return table.update(key, isValid: isAlive, now: now, expiresAt: \.expiresAt) { old in
      let (kept, result) = body(old, now)
      return (kept.map { ($0, $0.cost(under: key)) }, result)
    }
  }

  private func remove(_ key: CacheKey) -> Bool {
    update(key) { old, _ in (nil, old != nil) }
  }

  private func cursor(_ pattern: CachePattern) -> KeyCursor {
    let now = ticker.nanoseconds()
    return KeyCursor(table.keys { $0.isAlive(at: now) }, pattern)
  }
}
