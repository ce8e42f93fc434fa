import Testing

@testable import Caching

@Suite("Recency table: one shard")
struct RecencyTableTests {
  private static func key(_ number: Int) -> CacheKey { CacheKey("n", .platform, "\(number)") }

  @Test("The key that was used longest ago goes first, and reading is use")
  func order() {
    var table = RecencyTable<Int>(maximumEntries: 3, maximumBytes: 1000)
    for number in 1...3 { table.set(Self.key(number), number, cost: 1) }
    #expect(table.value(Self.key(1), countsMiss: true) { _ in .valid } == 1)
    table.set(Self.key(4), 4, cost: 1)
    #expect(Set(table.keys) == Set([1, 3, 4].map(Self.key)))
    table.set(Self.key(3), 33, cost: 1)
    table.set(Self.key(5), 5, cost: 1)
    #expect(Set(table.keys) == Set([3, 4, 5].map(Self.key)))
    #expect(table.statistics.evictions == 2)
  }

  @Test("As many go as the bytes of the new one need, and each counts as evicted")
  func bytes() {
    var table = RecencyTable<Int>(maximumEntries: 100, maximumBytes: 100)
    for number in 1...10 { table.set(Self.key(number), number, cost: 10) }
    #expect(table.statistics == TableStatistics(entries: 10, bytes: 100))
    table.set(Self.key(11), 11, cost: 25)
    #expect(table.statistics == TableStatistics(entries: 8, bytes: 95, evictions: 3))
    #expect(Set(table.keys) == Set((4...11).map(Self.key)))
  }

  @Test("A value that does not fit at all is refused, removes the older one and evicts nobody")
  func oversize() {
    var table = RecencyTable<Int>(maximumEntries: 100, maximumBytes: 100)
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
    var table = RecencyTable<Int>(maximumEntries: 0, maximumBytes: 100)
    table.set(Self.key(1), 1, cost: 1)
    #expect(table.keys.isEmpty)
    #expect(table.statistics == TableStatistics())
  }

  @Test("What is stale is removed; what is withheld is missed and stays")
  func verdicts() {
    var table = RecencyTable<Int>(maximumEntries: 3, maximumBytes: 100)
    table.set(Self.key(1), 1, cost: 1)
    #expect(table.value(Self.key(1), countsMiss: true) { _ in .withheld } == nil)
    #expect(table.value(Self.key(1), countsMiss: true) { _ in .valid } == 1)
    #expect(table.value(Self.key(1), countsMiss: true) { _ in .stale } == nil)
    #expect(table.value(Self.key(1), countsMiss: false) { _ in .valid } == nil)
    #expect(table.statistics == TableStatistics(entries: 0, bytes: 0, hits: 1, misses: 2))
  }

  @Test("Any run of operations does what a plain list does", arguments: 0..<24)
  func model(seed: Int) throws {
    var random = SeededGenerator(seed: seed)
    let bounds = (entries: Int.random(in: 3...8, using: &random), bytes: Int.random(in: 10...60, using: &random))
    var table = RecencyTable<Int>(maximumEntries: bounds.entries, maximumBytes: bounds.bytes)
    var model = ListModel(maximumEntries: bounds.entries, maximumBytes: bounds.bytes)
    for step in 0..<3000 {
      let key = Self.key(Int.random(in: 0..<12, using: &random))
      switch Int.random(in: 0..<10, using: &random) {
      case 0..<5:
        let isBig = Int.random(in: 0..<10, using: &random) == 0
        let cost = Int.random(in: 0...(isBig ? bounds.bytes * 2 : bounds.bytes / 4), using: &random)
        table.set(key, step, cost: cost)
        model.set(key, step, cost: cost)
      case 5..<9:
        let counts = Bool.random(using: &random)
        let verdict = [Verdict.valid, .valid, .valid, .stale, .withheld][Int.random(in: 0..<5, using: &random)]
        let found = table.value(key, countsMiss: counts) { _ in verdict }
        try #require(found == model.value(key, countsMiss: counts, verdict), "step \(step)")
      default:
        try #require(table.remove(key) == model.remove(key), "step \(step)")
      }
      try #require(table.statistics == model.statistics, "step \(step)")
      try #require(Set(table.keys) == Set(model.rows.map(\.key)), "step \(step)")
      try #require(Set(table.keys { $0.isMultiple(of: 2) }) == Set(model.rows.filter { $0.value % 2 == 0 }.map(\.key)))
      try #require(table.statistics.entries <= bounds.entries && table.statistics.bytes <= bounds.bytes, "step \(step)")
    }
    #expect(table.statistics.hits > 100, "too few hits to say anything")
  }
}

/// The same as ``RecencyTable`` in the plainest way: a list, the least recently used first.
private struct ListModel {
  struct Row {
    let key: CacheKey
    let value: Int
    let cost: Int
  }

  let maximumEntries: Int
  let maximumBytes: Int
  var rows: [Row] = []
  var hits = 0
  var misses = 0
  var evictions = 0

  var statistics: TableStatistics {
    TableStatistics(entries: rows.count, bytes: bytes, hits: hits, misses: misses, evictions: evictions)
  }

  private var bytes: Int { rows.reduce(0) { $0 + $1.cost } }

  init(maximumEntries: Int, maximumBytes: Int) {
    self.maximumEntries = maximumEntries
    self.maximumBytes = maximumBytes
  }

  mutating func value(_ key: CacheKey, countsMiss: Bool, _ verdict: Verdict) -> Int? {
    guard let place = rows.firstIndex(where: { $0.key == key }), verdict == .valid else {
      if verdict == .stale { _ = remove(key) }
      misses += countsMiss ? 1 : 0
      return nil
    }
    hits += 1
    rows.append(rows.remove(at: place))
    return rows[rows.count - 1].value
  }

  mutating func set(_ key: CacheKey, _ value: Int, cost: Int) {
    _ = remove(key)
    guard cost <= maximumBytes else { return }
    while rows.count + 1 > maximumEntries || bytes + cost > maximumBytes {
      rows.removeFirst()
      evictions += 1
    }
    rows.append(Row(key: key, value: value, cost: cost))
  }

  mutating func remove(_ key: CacheKey) -> Bool {
    let count = rows.count
    rows.removeAll { $0.key == key }
    return rows.count < count
  }
}
