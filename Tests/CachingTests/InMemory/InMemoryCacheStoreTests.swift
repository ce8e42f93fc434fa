import Caching
import NIOCore
import PortContracts
import Testing

@testable import InMemoryAdapter

@Suite("Cache store in memory", .timeLimit(.minutes(1)))
struct InMemoryCacheStoreTests {
  private let clock = ManualClock()

  private func key(_ name: String) -> CacheKey { CacheKey("n", .platform, name) }

  @Test("Time to live is counted to the nanosecond by the ticker")
  func exactEnd() async throws {
    let store = InMemoryCacheStore(ticker: clock)
    try await store.set(key("a"), ByteBuffer(string: "x"), timeToLive: .seconds(1))
    #expect(try await store.timeToLive(key("a")) == .expires(in: .seconds(1)))
    clock.advance(by: .nanoseconds(999_999_999))
    #expect(try await store.timeToLive(key("a")) == .expires(in: .nanoseconds(1)))
    #expect(try await store.get(key("a")) != nil)
    clock.advance(by: .nanoseconds(1))
    #expect(try await store.get(key("a")) == nil)
    #expect(try await store.timeToLive(key("a")) == .absent)
  }

  @Test("A time to live beyond the ticker's end is for ever")
  func beyondTheEnd() async throws {
    let store = InMemoryCacheStore(ticker: clock)
    clock.advance(by: .seconds(1))
    try await store.set(key("a"), ByteBuffer(string: "x"), timeToLive: .seconds(Int64.max))
    #expect(try await store.timeToLive(key("a")) == .forever)
  }

  @Test("The least recently used goes when there is no room; reading, counting and comparing are use")
  func eviction() async throws {
    let store = InMemoryCacheStore(limits: .init(entries: 4, bytes: 1 << 20), ticker: clock)
    for name in ["read", "counted", "compared", "idle"] { try await store.set(key(name), ByteBuffer(string: "1")) }
    _ = try await store.get(key("read"))
    _ = try await store.increment(key("counted"), by: 1, timeToLive: nil)
    _ = try await store.compareAndSet(
      key("compared"), expected: ByteBuffer(string: "2"), new: ByteBuffer(), timeToLive: nil)
    try await store.set(key("new"), ByteBuffer(string: "1"))
    let found = try await store.get(["read", "counted", "compared", "idle", "new"].map(key))
    #expect(found.map { $0 != nil } == [true, true, true, false, true])
    #expect(store.statistics.evictions == 1)
  }

  @Test("The bound on bytes counts what is allocated: a short slice of a long buffer costs little")
  func slices() async throws {
    let store = InMemoryCacheStore(ticker: clock)
    let long = ByteBuffer(repeating: 1, count: 1 << 20)
    let slice = try #require(long.getSlice(at: 1000, length: 10))
    try await store.set(key("a"), slice)
    #expect(try await store.get(key("a")) == slice)
    #expect(try await store.get(key("a"))?.storageCapacity ?? .max < 1000)
    #expect(store.statistics.bytes < 2000)
    try await store.set(key("a"), long)
    #expect(store.statistics.bytes >= 1 << 20)
    #expect(try await store.delete(key("a")))
    #expect(store.statistics.bytes == 0)
  }

  @Test("A value that does not fit is not stored, and the older one is gone")
  func oversize() async throws {
    let store = InMemoryCacheStore(limits: .init(entries: 10, bytes: 10_000), ticker: clock)
    try await store.set(key("a"), ByteBuffer(string: "old"))
    try await store.set(key("a"), ByteBuffer(repeating: 1, count: 20_000))
    #expect(try await store.get(key("a")) == nil)
    #expect(store.statistics.entries == 0)
  }

  @Test("A scan looks at as many keys a batch as it is told, and at one at least", arguments: [-1, 0, 1, 3, 100])
  func batches(batch: Int) async throws {
    let store = InMemoryCacheStore(ticker: clock)
    for number in 0..<10 { try await store.set(key("\(number)"), ByteBuffer()) }
    var sizes: [Int] = []
    for try await keys in store.scan(CachePattern("n", .platform), batch: batch) { sizes.append(keys.count) }
    #expect(sizes.reduce(0, +) == 10)
    #expect(sizes.max() == min(10, max(1, batch)))
  }

  @Test("Two who read one scan share its keys between them")
  func sharedScan() async throws {
    let store = InMemoryCacheStore(ticker: clock)
    for number in 0..<500 { try await store.set(key("\(number)"), ByteBuffer()) }
    let cursor = KeyCursor((0..<500).map { key("\($0)") }, CachePattern("n", .platform))
    let found = await withTaskGroup(of: [CacheKey].self) { group in
      for _ in 0..<4 {
        group.addTask {
          var keys: [CacheKey] = []
          while let batch = cursor.next(3) { keys += batch }
          return keys
        }
      }
      return await group.reduce(into: []) { $0 += $1 }
    }
    #expect(found.count == 500)
    #expect(Set(found).count == 500)
  }
}
