import Kernel
import Testing

@testable import Caching

@Suite("S3-FIFO table: random operations", .timeLimit(.minutes(1)))
struct S3FIFOTableModelTests {
  private struct Row {
    let value: Int
    let cost: Int
    let expiresAt: UInt64
  }

  /// A bit more than two beats of the wheel.
  private static let tick: UInt64 = 600_000_000

  private static func key(_ number: Int) -> CacheKey {
    CacheKey("n", .tenant(TenantID(UniqueID(high: 0, low: UInt64(number % 3)))), "\(number)")
  }

  @Test(
    "A table holds the last value of each key or nothing, within its bounds, and its figures add up", arguments: 0..<16)
  func model(seed: Int) throws {
    var random = SeededGenerator(seed: seed)
    let isTiny = seed.isMultiple(of: 2)
    let bounds = (
      entries: Int.random(in: isTiny ? 3...8 : 100...300, using: &random),
      bytes: Int.random(in: isTiny ? 10...60 : 1000...3000, using: &random)
    )
    var table = S3FIFOTable<NamedValue<Int>>(
      entries: bounds.entries, bytes: bounds.bytes, ownerShare: [0, 0.3, 0.5, 1][seed / 2 % 4])
    var model: [CacheKey: Row] = [:]
    var now: UInt64 = 0
    var (hits, misses) = (0, 0)
    for step in 0..<3000 {
      let key = Self.key(Int.random(in: 0..<(isTiny ? 12 : 400), using: &random))
      let held = Set(table.keys)
      let wasThere = held.contains(key)
      switch Int.random(in: 0..<10, using: &random) {
      case 0..<5:
        let isBig = Int.random(in: 0..<10, using: &random) == 0
        let cost = Int.random(in: 0...(isBig ? bounds.bytes * 2 : bounds.bytes / (isTiny ? 4 : 100)), using: &random)
        let ends = Bool.random(using: &random) ? now + UInt64.random(in: 0..<200, using: &random) * Self.tick : .max
        let before = table.statistics
        table.set(key, step, cost: cost, expiresAt: ends, now: now)
        let isKept = cost <= bounds.bytes && ends > now
        try #require(table.keys.contains(key) == isKept, "step \(step)")
        let others = held.subtracting([key]).subtracting(table.keys).count
        let counted = table.statistics.evictions + table.statistics.expirations - before.evictions - before.expirations
        let mayBeOver = wasThere && model[key].map { $0.expiresAt <= now } == true
        try #require(counted == others || mayBeOver && counted == others + 1, "step \(step)")
        model[key] = isKept ? Row(value: step, cost: cost, expiresAt: ends) : nil
      case 5..<9:
        let counts = Bool.random(using: &random)
        let verdict = [Verdict.valid, .valid, .valid, .stale, .withheld][Int.random(in: 0..<5, using: &random)]
        let found = table.value(key, countsMiss: counts) { _ in verdict }
        try #require(found == (wasThere && verdict == .valid ? model[key]?.value : nil), "step \(step)")
        if found != nil { hits += 1 } else if counts { misses += 1 }
      default:
        try #require(table.remove(key) == wasThere, "step \(step)")
      }
      if Int.random(in: 0..<10, using: &random) == 0 { now += Self.tick }
      try check(table, model, bounds, step: step)
      try #require(table.statistics.hits == hits && table.statistics.misses == misses, "step \(step)")
    }
    table.removeExpired(now: now + Self.tick, steps: .max)
    #expect(table.keys.allSatisfy { model[$0].map { $0.expiresAt > now } == true })
    for key in table.keys { _ = table.remove(key) }
    #expect(table.statistics.bytes == 0 && table.statistics.entries == 0)
    #expect(table.small.isEmpty && table.main.isEmpty && table.smallCount == 0 && !table.owners.isAnyOver)
    let left = table.statistics.evictions + table.statistics.expirations
    #expect(hits > 40 && left > 100, "too little happened to say anything")
  }

  private func check(
    _ table: S3FIFOTable<NamedValue<Int>>, _ model: [CacheKey: Row], _ bounds: (entries: Int, bytes: Int), step: Int
  ) throws {
    let keys = table.keys
    let figures = table.statistics
    try #require(figures.entries == keys.count && Set(keys).count == keys.count, "step \(step)")
    try #require(figures.bytes == keys.reduce(0) { $0 + (model[$1]?.cost ?? -1) }, "step \(step)")
    try #require(figures.entries <= bounds.entries && figures.bytes <= bounds.bytes, "step \(step)")
    let even = keys.filter { model[$0]?.value.isMultiple(of: 2) == true }
    try #require(Set(table.keys { $0.value.isMultiple(of: 2) }) == Set(even), "step \(step)")
  }

  @Test("Under Zipf 1 with scans mixed in, the whole table hits 5 points more often than LRU")
  func hitRatio() {
    var random = SeededGenerator(seed: 7)
    let keys = (0..<20_000).map(Self.key)
    let table = ValueTable<Int>(.init(entries: 1024, bytes: 1 << 40))
    var recent = RecencyModel(capacity: 1024)
    var weights: [Double] = []
    for rank in 1...keys.count { weights.append((weights.last ?? 0) + 1 / Double(rank)) }
    var (hits, recentHits) = (0, 0)
    for position in 0..<200_000 {
      let point = Double.random(in: 0..<weights[keys.count - 1], using: &random)
      let isScan = position % 15_000 < 10_000 && position.isMultiple(of: 2)
      let number = isScan ? position * 7 % keys.count : weights.partitioningIndex { $0 > point }
      if table.value(keys[number], judge: { _ in .valid }) != nil {
        hits += 1
      } else {
        table.set(keys[number], number, cost: 1)
      }
      recentHits += recent.access(number) ? 1 : 0
    }
    #expect(hits > recentHits + 10_000, "\(hits) to \(recentHits) of 200,000")
  }
}

/// Least recently used, in the plainest way that is fast enough.
private struct RecencyModel {
  let capacity: Int
  private var times: [Int: Int] = [:]
  private var uses: [(key: Int, time: Int)] = []
  private var oldest = 0

  init(capacity: Int) { self.capacity = capacity }

  mutating func access(_ key: Int) -> Bool {
    let isHit = times[key] != nil
    times[key] = uses.count
    uses.append((key, uses.count))
    while times.count > capacity {
      if times[uses[oldest].key] == uses[oldest].time { times[uses[oldest].key] = nil }
      oldest += 1
    }
    return isHit
  }
}

extension [Double] {
  fileprivate func partitioningIndex(_ isAfter: (Double) -> Bool) -> Int {
    var range = 0..<count
    while !range.isEmpty {
      let middle = (range.lowerBound + range.upperBound) / 2
      range = isAfter(self[middle]) ? range.lowerBound..<middle : middle + 1..<range.upperBound
    }
    return range.lowerBound
  }
}
