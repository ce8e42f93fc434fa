/// One shard: a dictionary into a list that is ordered by last use. Every operation is O(1).
struct RecencyTable<Value: Sendable>: Sendable {
  private struct Node: Sendable {
    var key: CacheKey
    var value: Value
    var cost: Int
    var newer: Int
    var older: Int
  }

  private static var none: Int { -1 }

  private let maximumEntries: Int
  private let maximumBytes: Int
  private var places: [CacheKey: Int] = [:]
  private var nodes: [Node?] = []
  private var free: [Int] = []
  private var newest = none
  private var oldest = none
  private(set) var statistics = TableStatistics()

  init(maximumEntries: Int, maximumBytes: Int) {
    self.maximumEntries = maximumEntries
    self.maximumBytes = maximumBytes
  }

  var keys: [CacheKey] { Array(places.keys) }

  func keys(where isIncluded: (Value) -> Bool) -> [CacheKey] {
    nodes.compactMap { node in node.flatMap { isIncluded($0.value) ? $0.key : nil } }
  }

  mutating func value(_ key: CacheKey, countsMiss: Bool, judge: (Value) -> Verdict) -> Value? {
    guard let place = places[key], let value = nodes[place]?.value else { return miss(counts: countsMiss) }
    switch judge(value) {
    case .valid: break
    case .withheld: return miss(counts: countsMiss)
    case .stale:
      _ = remove(key)
      return miss(counts: countsMiss)
    }
    statistics.hits += 1
    if place != newest {
      unlink(place)
      linkAsNewest(place)
    }
    return value
  }

  mutating func set(_ key: CacheKey, _ value: Value, cost: Int) {
    _ = remove(key)
    guard cost <= maximumBytes, maximumEntries > 0 else { return }
    while oldest != Self.none, statistics.entries >= maximumEntries || statistics.bytes + cost > maximumBytes {
      guard let key = nodes[oldest]?.key, remove(key) else { break }
      statistics.evictions += 1
    }
    let node = Node(key: key, value: value, cost: cost, newer: Self.none, older: Self.none)
    let place: Int
    if let reused = free.popLast() {
      place = reused
      nodes[place] = node
    } else {
      place = nodes.count
      nodes.append(node)
    }
    places[key] = place
    linkAsNewest(place)
    statistics.entries += 1
    statistics.bytes += cost
  }

  mutating func remove(_ key: CacheKey) -> Bool {
    guard let place = places.removeValue(forKey: key), let node = nodes[place] else { return false }
    unlink(place)
    nodes[place] = nil
    free.append(place)
    statistics.entries -= 1
    statistics.bytes -= node.cost
    return true
  }

  private mutating func miss(counts: Bool) -> Value? {
    if counts { statistics.misses += 1 }
    return nil
  }

  private mutating func unlink(_ place: Int) {
    guard let node = nodes[place] else { return }
    if node.newer == Self.none { newest = node.older } else { nodes[node.newer]?.older = node.older }
    if node.older == Self.none { oldest = node.newer } else { nodes[node.older]?.newer = node.newer }
  }

  private mutating func linkAsNewest(_ place: Int) {
    nodes[place]?.newer = Self.none
    nodes[place]?.older = newest
    if newest == Self.none { oldest = place } else { nodes[newest]?.newer = place }
    newest = place
  }
}
