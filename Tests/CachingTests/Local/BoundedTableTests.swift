import Testing

@testable import Caching

@Suite("Bounded table", .timeLimit(.minutes(2)))
struct BoundedTableTests {
  private static func key(_ number: Int) -> CacheKey { CacheKey("n", .platform, "\(number)") }

  @Test(
    "A table never holds more entries or bytes than its bounds, whatever runs at the same time",
    arguments: [(1, 100), (100, 1000), (1000, 16 << 20), (100_000, 4 << 20), (0, 100), (100, 0)])
  func bounds(entries: Int, bytes: Int) async {
    let table = ValueTable<Int>(.init(entries: entries, bytes: bytes))
    await withTaskGroup(of: Void.self) { group in
      for seed in 0..<4 {
        group.addTask {
          var random = SeededGenerator(seed: seed)
          for step in 0..<4000 {
            let key = Self.key(Int.random(in: 0..<3000, using: &random))
            let cost = Int.random(in: 1...max(1, bytes / 40), using: &random)
            switch Int.random(in: 0..<4, using: &random) {
            case 0: _ = table.value(key) { _ in .valid }
            case 1: table.update(key, isValid: { _ in true }) { (($0 ?? 0, cost), ()) }
            default: table.set(key, step, cost: cost)
            }
            if step % 64 == 0 {
              let held = table.statistics
              #expect(held.entries <= entries && held.bytes <= bytes)
            }
          }
        }
      }
    }
    let held = table.statistics
    #expect(held.entries <= entries && held.bytes <= bytes)
    #expect(held.entries == table.keys.count)
    // The keys and costs above fill every table that has room at all at least by half.
    #expect(min(entries, bytes) == 0 || held.entries * 2 >= min(entries, 1000) || held.bytes * 2 >= bytes)
  }

  @Test("Changes of one key are made one after the other")
  func update() async {
    let table = ValueTable<Int>(.init(entries: 1000, bytes: 1 << 24))
    await withTaskGroup(of: Void.self) { group in
      for _ in 0..<20 {
        group.addTask {
          for _ in 0..<500 {
            table.update(Self.key(1), isValid: { _ in true }) { (($0.map { $0 + 1 } ?? 1, 1), ()) }
          }
        }
      }
    }
    #expect(table.value(Self.key(1)) { _ in .valid } == 10_000)
  }

  @Test("A change is given nothing for what is absent or invalid, and can keep, replace and remove")
  func updateForms() {
    let table = ValueTable<Int>(.init(entries: 10, bytes: 1000))
    func exchange(_ new: (Int, Int)?, isValid: (Int) -> Bool = { _ in true }) -> Int? {
      table.update(Self.key(1), isValid: isValid, { old in (new, old) })
    }
    #expect(exchange((7, 10)) == nil)
    #expect(exchange((8, 20), isValid: { $0 != 7 }) == nil)
    #expect(table.statistics.bytes == 20)
    #expect(exchange(nil) == 8)
    #expect(table.keys.isEmpty)
    #expect(table.statistics.bytes == 0)
  }

  @Test("Removing by condition looks at all shards and counts what was there")
  func removeAll() {
    let table = ValueTable<Int>(.init(entries: 100_000, bytes: 1 << 28))
    for number in 0..<1000 { table.set(Self.key(number), number, cost: 100) }
    #expect(table.removeAll { $0.text.hasSuffix("7") } == 100)
    #expect(table.removeAll { $0.text.hasSuffix("7") } == 0)
    #expect(table.keys.count == 900)
    #expect(table.keys { $0 < 10 }.count == 9)
    #expect(table.remove(Self.key(1)))
    #expect(!table.remove(Self.key(1)))
    #expect(table.statistics.entries == 899)
    #expect(table.statistics.bytes == 89_900)
  }

  @Test("Looking over the keys is no use of them")
  func keysAreNoUse() {
    let table = ValueTable<Int>(.init(entries: 2, bytes: 1000))
    table.set(Self.key(1), 1, cost: 1)
    table.set(Self.key(2), 2, cost: 1)
    #expect(table.keys { $0 == 1 } == [Self.key(1)])
    table.set(Self.key(3), 3, cost: 1)
    #expect(Set(table.keys) == Set([2, 3].map(Self.key)))
  }

  @Test("Hits and misses are counted, a look that announces a counted one is not a miss")
  func statistics() {
    let table = ValueTable<Int>(.init(entries: 1000, bytes: 1 << 24))
    table.set(Self.key(1), 1, cost: 1)
    _ = table.value(Self.key(1)) { _ in .valid }
    _ = table.value(Self.key(2)) { _ in .valid }
    _ = table.value(Self.key(2), countsMiss: false) { _ in .valid }
    #expect(table.statistics.entries == 1 && table.statistics.bytes == 1)
    #expect(table.statistics.hits == 1 && table.statistics.misses == 1)
  }
}
