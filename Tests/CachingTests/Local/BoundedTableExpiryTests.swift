import Testing

@testable import Caching

@Suite("Bounded table: what is over", .timeLimit(.minutes(1)))
struct BoundedTableExpiryTests {
  private static let second: UInt64 = 1_000_000_000

  private static func key(_ number: Int) -> CacheKey { CacheKey("n", .platform, "\(number)") }

  @Test("Entries that are over leave with their bytes as others are written, and count as expired, not evicted")
  func byWrites() {
    let table = ValueTable<Int>(.init(entries: 1000, bytes: 1000))
    for number in 0..<100 { table.set(Self.key(number), number, cost: 5, expiresAt: 60 * Self.second, now: 0) }
    table.set(Self.key(1000), 0, cost: 0, expiresAt: .max, now: 59 * Self.second)
    #expect(table.statistics == TableStatistics(entries: 101, bytes: 500))
    // Each write takes eight steps; an entry needs a few.
    for number in 0..<100 { table.set(Self.key(2000 + number), 0, cost: 1, now: 61 * Self.second) }
    #expect(table.statistics == TableStatistics(entries: 101, bytes: 100, expirations: 100))
  }

  @Test("One write removes a few and no more, so that no writer pays for all")
  func boundedWork() {
    let table = ValueTable<Int>(.init(entries: 100, bytes: 1000))
    for number in 0..<90 { table.set(Self.key(number), number, cost: 1, expiresAt: 60 * Self.second, now: 0) }
    table.set(Self.key(1000), 0, cost: 0, now: 100 * Self.second)
    #expect((1...8).contains(table.statistics.expirations) || table.statistics.entries == 91)
    #expect(table.statistics.entries >= 83)
  }

  @Test("A table that nobody writes to can be cleared of them, all shards")
  func byHand() {
    let table = ValueTable<Int>(.init(entries: 100_000, bytes: 1 << 30))
    for number in 0..<5000 {
      table.set(Self.key(number), number, cost: 1, expiresAt: UInt64(1 + number % 100) * Self.second, now: 0)
    }
    table.removeExpired(now: 51 * Self.second)
    #expect(table.statistics == TableStatistics(entries: 2500, bytes: 2500, expirations: 2500))
    table.removeExpired(now: .max)
    #expect(table.statistics == TableStatistics(expirations: 5000))
  }

  @Test("A new value has its own end, not that of the one before")
  func replaced() {
    let table = ValueTable<Int>(.init(entries: 10, bytes: 10))
    func keep(_ value: Int, expiresAt: UInt64) {
      table.update(
        Self.key(2), isValid: { _ in true }, now: 0, expiresAt: { _ in expiresAt }, { _ in ((value, 1), ()) })
    }
    table.set(Self.key(1), 1, cost: 1, expiresAt: Self.second, now: 0)
    table.set(Self.key(1), 2, cost: 1, expiresAt: 9 * Self.second, now: 0)
    keep(1, expiresAt: Self.second)
    keep(2, expiresAt: 9 * Self.second)
    table.removeExpired(now: 5 * Self.second)
    #expect(table.statistics.entries == 2)
    table.removeExpired(now: 10 * Self.second)
    #expect(table.statistics.entries == 0)
  }

  @Test("What is over when it comes is not stored, and the older one goes")
  func over() {
    let table = ValueTable<Int>(.init(entries: 10, bytes: 10))
    table.set(Self.key(1), 1, cost: 1)
    table.set(Self.key(1), 2, cost: 1, expiresAt: Self.second, now: Self.second)
    #expect(table.statistics == TableStatistics())
  }
}
