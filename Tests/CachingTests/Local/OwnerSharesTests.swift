import Kernel
import Testing

@testable import Caching

@Suite("Shares of owners", .timeLimit(.minutes(1)))
struct OwnerSharesTests {
  private static func tenant(_ number: Int) -> CacheScope { .tenant(TenantID(UniqueID(high: 1, low: UInt64(number)))) }
  private static func key(_ tenant: Int, _ number: Int) -> CacheKey { CacheKey("n", Self.tenant(tenant), "\(number)") }

  private func held(_ table: S3FIFOTable<NamedValue<Int>>, by tenant: Int) -> Int {
    table.keys.count { $0.scope == Self.tenant(tenant) }
  }

  @Test("One tenant's flood leaves the others what they hold, used or not", arguments: [false, true])
  func flood(isUsed: Bool) {
    var table = S3FIFOTable<NamedValue<Int>>(entries: 1000, ownerShare: 0.5)
    for tenant in 1...10 {
      for number in 0..<45 { table.set(Self.key(tenant, number), number, cost: 1) }
    }
    for number in 0..<20_000 {
      table.set(Self.key(0, number), number, cost: 1)
      if isUsed { _ = table.use(Self.key(0, number)) }
    }
    #expect(table.statistics.entries == 1000)
    // The share is reached before the shard is full; a few may go while the flood begins.
    #expect((1...10).reduce(0) { $0 + held(table, by: $1) } >= 440)
  }

  @Test("The same with a share by bytes: few large values of one against many small ones")
  func bytes() {
    var table = S3FIFOTable<NamedValue<Int>>(entries: 10_000, bytes: 10_000, ownerShare: 0.5)
    for number in 0..<400 { table.set(Self.key(1, number), number, cost: 10) }
    for number in 0..<1000 { table.set(Self.key(0, number), number, cost: 500) }
    #expect(held(table, by: 1) >= 300)
  }

  @Test("A tenant alone may fill the shard, and gives way as others need room, until it holds its share")
  func alone() {
    var table = S3FIFOTable<NamedValue<Int>>(entries: 1000, ownerShare: 0.5)
    for number in 0..<1000 { table.set(Self.key(0, number), number, cost: 1) }
    for number in 0..<1000 { _ = table.use(Self.key(0, number)) }
    #expect(held(table, by: 0) == 1000)
    for number in 0..<500 { table.set(Self.key(1, number), number, cost: 1) }
    #expect(held(table, by: 0) == 500)
    #expect(held(table, by: 1) == 500)
  }

  @Test("Without a limit a flood takes nearly all that was not used again")
  func unlimited() {
    var table = S3FIFOTable<NamedValue<Int>>(entries: 1000, ownerShare: 1)
    for number in 0..<450 { table.set(Self.key(1, number), number, cost: 1) }
    for number in 0..<20_000 { table.set(Self.key(0, number), number, cost: 1) }
    #expect(held(table, by: 1) == 0)
  }

  @Test("Who holds too much is told from the sums alone, and numbers of owners who hold nothing are used again")
  func sums() {
    var shares = OwnerShares(maximumEntries: 4, maximumBytes: 100, share: 0.5)
    let first = shares.add(Self.tenant(1), cost: 10)
    #expect(shares.add(Self.tenant(1), cost: 40) == first)
    #expect(!shares.isAnyOver)
    _ = shares.add(Self.tenant(1), cost: 1)
    #expect(shares.isAnyOver && shares.isOver(first))
    shares.remove(first, cost: 40)
    #expect(!shares.isAnyOver)
    let second = shares.add(Self.tenant(2), cost: 51)
    #expect(shares.isOver(second) && !shares.isOver(first))
    shares.remove(second, cost: 51)
    #expect(!shares.isAnyOver)
    #expect(shares.add(Self.tenant(3), cost: 1) == second)
  }
}
