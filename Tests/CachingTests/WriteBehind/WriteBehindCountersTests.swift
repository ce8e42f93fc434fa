@testable import Caching
import InMemoryAdapter
import Kernel
import NIOCore
import PortContracts
import Synchronization
import Testing

@Suite("Counters that are written behind", .timeLimit(.minutes(1)))
struct WriteBehindCountersTests {
  private let store = FaultyStore()
  private let keys = (0..<200).map { CacheKey("views", .platform, "package", [String($0)]) }

  @Test("What is added is written in one go, and counted as written")
  func written() async throws {
    let counters = WriteBehindCounters(store: store)
    for _ in 0..<5 { for key in keys { counters.add(2, to: key) } }
    #expect(counters.waiting(for: keys[0]) == 10)
    #expect(counters.statistics == .init(waiting: 2000))
    await counters.flush()
    #expect(counters.statistics == .init(written: 2000))
    #expect(store.increments == 200)
    #expect(try await store.inner.get(keys[7]) == ByteBuffer(string: "10"))
    await counters.flush()
    #expect(store.increments == 200)
  }

  @Test("While the store is out of reach everything waits, and then is written")
  func unavailable() async throws {
    var options = WriteBehindCounters.Options()
    options.batch = 60
    let counters = WriteBehindCounters(store: store, options: options)
    for key in keys { counters.add(to: key) }
    store.failure = .unavailable
    await counters.flush()
    #expect(counters.statistics == .init(waiting: 200))
    #expect(store.increments == 60, "it went on asking a store that is away")
    for key in keys { counters.add(to: key) }
    store.failure = nil
    await counters.flush()
    #expect(counters.statistics == .init(written: 400))
    #expect(try await store.inner.get(keys[7]) == ByteBuffer(string: "2"))
  }

  @Test("What got no answer is not sent twice, and is counted")
  func uncertain() async throws {
    let counters = WriteBehindCounters(store: store)
    counters.add(3, to: keys[0])
    store.failure = .timedOut
    await counters.flush()
    store.failure = nil
    await counters.flush()
    #expect(counters.statistics == .init(uncertain: 3))
    #expect(store.increments == 1)
  }

  @Test("No more keys wait than may, and those that do are added to")
  func bounded() async throws {
    var options = WriteBehindCounters.Options()
    options.mostKeys = 10
    let counters = WriteBehindCounters(store: store, options: options)
    for key in keys { counters.add(to: key) }
    counters.add(to: keys[0])
    #expect(counters.statistics == .init(waiting: 11, dropped: 190))
    await counters.flush()
    #expect(counters.statistics == .init(written: 11, dropped: 190))
  }

  @Test("What waits when the process ends is written before it does")
  func drained() async throws {
    var options = WriteBehindCounters.Options()
    options.interval = .seconds(3600)
    let counters = WriteBehindCounters(store: store, options: options)
    let running = Task { await counters.run() }
    for key in keys { counters.add(to: key) }
    running.cancel()
    await running.value
    #expect(counters.statistics == .init(written: 200))
  }

  @Test("Adding and writing at the same time lose nothing")
  func concurrent() async throws {
    let counters = WriteBehindCounters(store: store)
    await withTaskGroup(of: Void.self) { group in
      for task in 0..<4 {
        group.addTask { for round in 0..<1000 { counters.add(to: keys[(task + round) % 20]) } }
      }
      group.addTask { for _ in 0..<50 { await counters.flush() } }
    }
    await counters.flush()
    #expect(counters.statistics == .init(written: 4000))
    var sum = 0
    for key in keys.prefix(20) { sum += Int(String(buffer: try #require(try await store.inner.get(key)))) ?? 0 }
    #expect(sum == 4000)
  }
}

/// A store whose increments fail on demand.
private final class FaultyStore: Sendable {
  let inner = InMemoryCacheStore()
  private let state = Mutex<(failure: CacheStoreError?, increments: Int)>((nil, 0))

  var failure: CacheStoreError? {
    get { state.withLock(\.failure) }
    set { state.withLock { $0.failure = newValue } }
  }

  var increments: Int { state.withLock(\.increments) }

  fileprivate func count(_ increments: [Increment]) -> CacheStoreError? {
    state.withLock { state in
      state.increments += increments.count
      return state.failure
    }
  }
}

extension FaultyStore: CacheStorePort {
  func get(_ keys: [CacheKey]) async throws(CacheStoreError) -> [ByteBuffer?] { try await inner.get(keys) }
  func set(_ values: [StoredValue]) async throws(CacheStoreError) { try await inner.set(values) }
  func delete(_ keys: [CacheKey]) async throws(CacheStoreError) -> Int { try await inner.delete(keys) }
  func delete(matching pattern: CachePattern) async throws(CacheStoreError) -> Int {
    try await inner.delete(matching: pattern)
  }
  func scan(_ pattern: CachePattern, batch: Int) -> AsyncThrowingStream<[String], any Error> {
    inner.scan(pattern, batch: batch)
  }
  func timeToLive(_ key: CacheKey) async throws(CacheStoreError) -> RemainingTime { try await inner.timeToLive(key) }
  func increment(_ increments: [Increment]) async -> [Result<Int, CacheStoreError>] {
    if let failure = count(increments) { return increments.map { _ in .failure(failure) } }
    return await inner.increment(increments)
  }
  func compareAndSet(
    _ key: CacheKey, expected: ByteBuffer?, new: ByteBuffer, timeToLive: Duration?
  ) async throws(CacheStoreError) -> Bool {
    try await inner.compareAndSet(key, expected: expected, new: new, timeToLive: timeToLive)
  }
  func compareAndDelete(_ key: CacheKey, expected: ByteBuffer) async throws(CacheStoreError) -> Bool {
    try await inner.compareAndDelete(key, expected: expected)
  }
  func publish(_ message: ByteBuffer, on channel: String) async throws(CacheStoreError) {
    try await inner.publish(message, on: channel)
  }
  func subscribe(_ channel: String) async throws(CacheStoreError) -> AsyncStream<ByteBuffer> {
    try await inner.subscribe(channel)
  }
  func isConnected() async -> Bool { true }
}
