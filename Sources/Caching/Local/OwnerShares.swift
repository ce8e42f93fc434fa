/// What each owner holds of a shard, and who holds more than its share.
struct OwnerShares: Sendable {
  private struct Holding: Sendable {
    let scope: CacheScope
    var entries = 0
    var bytes = 0
    var hits = 0
    var isOver = false
  }

  private let maximumEntries: Int
  private let maximumBytes: Int
  private var numbers: [CacheScope: UInt32] = [:]
  private var holdings: [Holding] = []
  private var free: [UInt32] = []
  private var overCount = 0

  /// - Parameter share: the part of a full shard that an owner may hold while others need room; 1 for no limit.
  init(maximumEntries: Int, maximumBytes: Int, share: Double) {
    func part(_ whole: Int) -> Int { share < 1 ? Int(Double(whole) * max(0, share)) : .max }
    self.maximumEntries = part(maximumEntries)
    self.maximumBytes = part(maximumBytes)
  }

  /// Who has that number.
  func scope(_ owner: UInt32) -> CacheScope { holdings[Int(owner)].scope }

  /// Whether any owner holds more than its share.
  var isAnyOver: Bool { overCount > 0 }

  /// Whether that owner does.
  func isOver(_ owner: UInt32) -> Bool { holdings[Int(owner)].isOver }

  /// Counts an entry and returns its owner's number, valid while the owner holds anything.
  mutating func add(_ scope: CacheScope, cost: Int) -> UInt32 {
    let owner = number(scope)
    holdings[Int(owner)].entries += 1
    holdings[Int(owner)].bytes += cost
    judge(owner)
    return owner
  }

  /// Counts reads of an owner's entries.
  mutating func countHits(_ count: Int, _ owner: UInt32) { holdings[Int(owner)].hits += count }

  /// What each owner holds, and how often it was read since the owner last held nothing.
  var usage: [CacheScope: OwnerUsage] {
    numbers.mapValues { number in
      let holding = holdings[Int(number)]
      return OwnerUsage(entries: holding.entries, bytes: holding.bytes, hits: holding.hits)
    }
  }

  /// Takes back what ``add(_:cost:)`` counted.
  mutating func remove(_ owner: UInt32, cost: Int) {
    holdings[Int(owner)].entries -= 1
    holdings[Int(owner)].bytes -= cost
    judge(owner)
    guard holdings[Int(owner)].entries == 0 else { return }
    numbers[holdings[Int(owner)].scope] = nil
    free.append(owner)
  }

  private mutating func judge(_ owner: UInt32) {
    let holding = holdings[Int(owner)]
    let isOver = holding.entries > maximumEntries || holding.bytes > maximumBytes
    guard isOver != holding.isOver else { return }
    holdings[Int(owner)].isOver = isOver
    overCount += isOver ? 1 : -1
  }

  private mutating func number(_ scope: CacheScope) -> UInt32 {
    if let known = numbers[scope] { return known }
    let number: UInt32
    if let reused = free.popLast() {
      number = reused
      holdings[Int(number)] = Holding(scope: scope)
    } else {
      number = UInt32(holdings.count)
      holdings.append(Holding(scope: scope))
    }
    numbers[scope] = number
    return number
  }
}
