import Testing

@testable import Caching

@Suite("S3-FIFO table: one shard", .timeLimit(.minutes(1)))
struct S3FIFOTableTests {
  private static func key(_ number: Int) -> CacheKey { CacheKey("n", .platform, "\(number)") }

  @Test("What was not used again goes first, the oldest of it")
  func order() {
    var table = S3FIFOTable<NamedValue<Int>>(entries: 3)
    for number in 1...3 { table.set(Self.key(number), number, cost: 1) }
    #expect(table.use(Self.key(1)) == 1)
    table.set(Self.key(4), 4, cost: 1)
    #expect(Set(table.keys) == Set([1, 3, 4].map(Self.key)))
    table.set(Self.key(3), 33, cost: 1)
    table.set(Self.key(5), 5, cost: 1)
    #expect(Set(table.keys) == Set([1, 3, 5].map(Self.key)))
    #expect(table.use(Self.key(3)) == 33)
    #expect(table.statistics.evictions == 2)
  }

  @Test("A hot set survives a scan of ten times the table")
  func scan() {
    var table = S3FIFOTable<NamedValue<Int>>(entries: 1000)
    for number in 0..<900 { table.set(Self.key(number), number, cost: 1) }
    for number in 0..<900 { _ = table.use(Self.key(number)) }
    for number in 10_000..<20_000 { table.set(Self.key(number), number, cost: 1) }
    #expect((0..<900).count { table.use(Self.key($0)) != nil } == 900)
    #expect(table.statistics.entries == 1000)
  }

  @Test("A hot set that is no longer used makes way for the next one")
  func shift() {
    var table = S3FIFOTable<NamedValue<Int>>(entries: 1000)
    for _ in 0..<5 {
      for number in 0..<900 where table.use(Self.key(number)) == nil { table.set(Self.key(number), number, cost: 1) }
    }
    for _ in 0..<10 {
      for number in 5000..<5900 where table.use(Self.key(number)) == nil {
        table.set(Self.key(number), number, cost: 1)
      }
    }
    // How many depends on the hashes of the process; without making way it would be 100 at most.
    #expect((5000..<5900).count { table.use(Self.key($0)) != nil } > 450)
  }

  @Test("What comes back soon after it was evicted is kept through a scan without being used again")
  func ghosts() {
    var table = S3FIFOTable<NamedValue<Int>>(entries: 100)
    for number in 0..<150 { table.set(Self.key(number), number, cost: 1) }
    #expect(table.use(Self.key(40)) == nil)
    table.set(Self.key(40), 40, cost: 1)
    for number in 1000..<1500 { table.set(Self.key(number), number, cost: 1) }
    #expect(table.use(Self.key(40)) == 40)
    #expect(table.use(Self.key(41)) == nil)
  }

  @Test("As many go as the bytes of the new one need, and each counts as evicted")
  func bytes() {
    var table = S3FIFOTable<NamedValue<Int>>(entries: 100, bytes: 100)
    for number in 1...10 { table.set(Self.key(number), number, cost: 10) }
    #expect(table.statistics == TableStatistics(entries: 10, bytes: 100))
    table.set(Self.key(11), 11, cost: 25)
    #expect(table.statistics == TableStatistics(entries: 8, bytes: 95, evictions: 3))
    #expect(Set(table.keys) == Set((4...11).map(Self.key)))
  }

  @Test("A value that does not fit at all is refused, removes the older one and evicts nobody")
  func oversize() {
    var table = S3FIFOTable<NamedValue<Int>>(entries: 100, bytes: 100)
    table.set(Self.key(1), 1, cost: 50)
    table.set(Self.key(2), 2, cost: 50)
    table.set(Self.key(1), 11, cost: 101)
    #expect(table.keys == [Self.key(2)])
    #expect(table.statistics == TableStatistics(entries: 1, bytes: 50))
    table.set(Self.key(1), 11, cost: 100)
    #expect(table.keys == [Self.key(1)])
  }

  @Test("A table without room holds nothing")
  func noRoom() {
    var table = S3FIFOTable<NamedValue<Int>>(entries: 0, bytes: 100)
    table.set(Self.key(1), 1, cost: 1)
    #expect(table.keys.isEmpty)
    #expect(table.statistics == TableStatistics())
  }

  @Test("What is stale is removed; what is withheld is missed and stays")
  func verdicts() {
    var table = S3FIFOTable<NamedValue<Int>>(entries: 3, bytes: 100)
    table.set(Self.key(1), 1, cost: 1)
    #expect(table.value(Self.key(1), countsMiss: true) { _ in .withheld } == nil)
    #expect(table.value(Self.key(1), countsMiss: true) { _ in .valid } == 1)
    #expect(table.value(Self.key(1), countsMiss: true) { _ in .stale } == nil)
    #expect(table.value(Self.key(1), countsMiss: false) { _ in .valid } == nil)
    #expect(table.statistics.entries == 0 && table.statistics.bytes == 0)
    #expect(table.statistics.hits == 1 && table.statistics.misses == 2)
    #expect(table.statistics.namespaces.lines.map(\.misses) == [2])
  }
}

extension S3FIFOTable {
  init(entries: Int, bytes: Int = .max, ownerShare: Double = 1) {
    self.init(
      maximumEntries: entries, maximumBytes: bytes, ownerShare: ownerShare, copies: NearCopies(shards: 1), number: 0)
  }

  mutating func set<Value>(
    _ key: CacheKey, _ value: Value, cost: Int, expiresAt: UInt64 = .max, now: UInt64 = 0
  ) where Record == NamedValue<Value> {
    set(key, NamedValue(name: key.text, value: value, cost: cost, expiresAt: expiresAt), now: now)
  }

  mutating func value<Value>(
    _ key: CacheKey, countsMiss: Bool, judge: (Value) -> Verdict
  ) -> Value? where Record == NamedValue<Value> {
    record(key, countsMiss: countsMiss) { judge($0.value) }?.value
  }

  mutating func use<Value>(_ key: CacheKey) -> Value? where Record == NamedValue<Value> {
    value(key, countsMiss: true) { _ in .valid }
  }
}
