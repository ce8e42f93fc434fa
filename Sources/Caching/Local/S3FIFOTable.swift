/// One shard. Evicts by S3-FIFO (Yang et al., SOSP 2023) with one mark instead of a count, as measured in
/// docs/caching/eviction.md: a small queue for what is new, a main queue for what was used again, and the names of what
/// left the small queue unused. A hit sets a mark in place and allocates nothing.
struct S3FIFOTable<Record: TableRecord>: Sendable {
  struct Entry: Sendable {
    let record: Record
    let fingerprint: UInt32
    /// The owner's number, and two marks in the high bits.
    private var bits: UInt32

    private static var mainBit: UInt32 { 1 << 31 }
    private static var markBit: UInt32 { 1 << 30 }

    init(_ record: Record, _ fingerprint: UInt32, owner: UInt32, isMain: Bool, isMarked: Bool) {
      self.record = record
      self.fingerprint = fingerprint
      bits = owner | (isMain ? Self.mainBit : 0) | (isMarked ? Self.markBit : 0)
    }

    var owner: UInt32 { bits & ~(Self.mainBit | Self.markBit) }

    var isMain: Bool {
      get { bits & Self.mainBit != 0 }
      set { bits = newValue ? bits | Self.mainBit : bits & ~Self.mainBit }
    }

    /// Used since it came in or was last passed over.
    var isMarked: Bool {
      get { bits & Self.markBit != 0 }
      set { bits = newValue ? bits | Self.markBit : bits & ~Self.markBit }
    }
  }

  /// How many timers are looked at for each write: more than the times that one entry's timer can be moved.
  private static var timersPerWrite: Int { 8 }

  let maximumEntries: Int
  let maximumBytes: Int
  var small = SlotList()
  var main = SlotList()
  var smallCount = 0
  var queues = SlotLinks()
  var entries = SlotPages<Entry?>(nil)
  var ghosts = GhostNames()
  var owners: OwnerShares
  var statistics = TableStatistics()
  /// What readers find without this shard and its lock. Only what is marked has copies.
  private let copies: NearCopies<Record>
  /// This shard's number among those that share the copies.
  private let number: Int
  private var index = SlotIndex()
  private var wheel = ExpiryWheel()
  private var slotCount: Slot = 0
  private var free: [Slot] = []

  init(maximumEntries: Int, maximumBytes: Int, ownerShare: Double, copies: NearCopies<Record>, number: Int) {
    (self.copies, self.number) = (copies, number)
    self.maximumEntries = min(maximumEntries, Int(Slot.max) - 1)
    self.maximumBytes = maximumBytes
    owners = OwnerShares(maximumEntries: maximumEntries, maximumBytes: maximumBytes, share: ownerShare)
  }

  var keys: [CacheKey] { keys { _ in true } }

  func keys(where isIncluded: (Record) -> Bool) -> [CacheKey] {
    (0..<slotCount).compactMap { slot in
      guard let entry = entries[slot], isIncluded(entry.record) else { return nil }
      return CacheKey(text: entry.record.name, scope: owners.scope(entry.owner))
    }
  }

  mutating func record(_ key: CacheKey, countsMiss: Bool, judge: (Record) -> Verdict) -> Record? {
    guard let slot = find(key),
      let found = entries.with(slot, { $0.map { (record: $0.record, owner: $0.owner, isMarked: $0.isMarked) } })
    else { return miss(key, counts: countsMiss) }
    switch judge(found.record) {
    case .valid: break
    case .withheld: return miss(key, counts: countsMiss)
    case .stale:
      remove(slot)
      return miss(key, counts: countsMiss)
    }
    if !found.isMarked { entries.change(slot) { $0?.isMarked = true } }
    count(.init(slot: slot, namespace: key.namespace, count: 1))
    let replaced = copies.keep(found.record, key.fingerprint, shard: number, slot, namespace: key.namespace)
    if let replaced { count(replaced) }
    return found.record
  }

  /// Counts the reads that copies have had since the last time.
  mutating func countReads() { copies.takeReads(shard: number) { count($0) } }

  /// Takes an entry's mark: the next read is to set it anew, so it must come here.
  mutating func unmark(_ slot: Slot, _ fingerprint: UInt32) {
    copies.drop(fingerprint, shard: number, slot) { count($0) }
    entries.change(slot) { $0?.isMarked = false }
  }

  private mutating func count(_ reads: NearCopies<Record>.Reads) {
    guard reads.count > 0, let owner = entries.with(reads.slot, { $0?.owner }) else { return }
    statistics.hits += reads.count
    statistics.namespaces.countHits(reads.count, reads.namespace)
    owners.countHits(reads.count, owner)
  }

  mutating func set(_ key: CacheKey, _ record: Record, now: UInt64) {
    removeExpired(now: now, steps: Self.timersPerWrite)
    let cost = record.cost
    var isMain = false
    let old = find(key)
    if let old {
      isMain = entries[old]?.isMain == true
      remove(old)
    }
    guard cost <= maximumBytes, maximumEntries > 0, record.expiresAt > now else { return }
    if old == nil { isMain = ghosts.take(key.fingerprint, limit: statistics.entries * 9 / 10) }
    let owner = owners.add(key.scope, cost: cost)
    while statistics.entries >= maximumEntries || statistics.bytes > maximumBytes - cost { evict(for: cost) }
    insert(Entry(record, key.fingerprint, owner: owner, isMain: isMain, isMarked: old != nil), cost: cost)
  }

  mutating func remove(_ key: CacheKey) -> Bool {
    guard let slot = find(key) else { return false }
    remove(slot)
    return true
  }

  /// Removes entries whose time is over, in at most that many steps. False when there may be more.
  @discardableResult
  mutating func removeExpired(now: UInt64, steps: Int) -> Bool {
    for _ in 0..<steps {
      guard let slot = wheel.step(now: now, in: entries, expiresAt: { $0?.record.expiresAt ?? 0 }) else { continue }
      if slot == Slot.none { return true }
      remove(slot)
      statistics.expirations += 1
    }
    return false
  }

  mutating func remove(_ slot: Slot) {
    guard let entry = entries[slot] else { return }
    if entry.isMarked { copies.drop(entry.fingerprint, shard: number, slot) { count($0) } }
    let cost = entry.record.cost
    index.remove(slot, in: entries) { $0?.fingerprint ?? 0 }
    unqueue(slot, isMain: entry.isMain)
    wheel.remove(slot)
    owners.remove(entry.owner, cost: cost)
    entries[slot] = nil
    free.append(slot)
    statistics.entries -= 1
    statistics.bytes -= cost
  }

  private mutating func insert(_ entry: Entry, cost: Int) {
    let slot = free.popLast() ?? newSlot()
    entries[slot] = entry
    index.insert(slot, in: entries) { $0?.fingerprint ?? 0 }
    enqueue(slot, isMain: entry.isMain)
    wheel.add(slot, expiresAt: entry.record.expiresAt)
    statistics.entries += 1
    statistics.bytes += cost
    ghosts.reserve(statistics.entries)
  }

  private mutating func newSlot() -> Slot {
    let slot = slotCount
    slotCount += 1
    entries.extend(to: slot)
    queues.extend(to: slot)
    wheel.extend(to: slot)
    return slot
  }

  private func find(_ key: CacheKey) -> Slot? {
    index.find(key.fingerprint) { entries.with($0) { $0?.record.isNamed(key) == true } }
  }

  private mutating func miss(_ key: CacheKey, counts: Bool) -> Record? {
    if counts {
      statistics.misses += 1
      statistics.namespaces.countMiss(key.namespace)
    }
    return nil
  }
}

extension CacheKey {
  /// The upper half of the hash: the lower half chooses the shard.
  var fingerprint: UInt32 { UInt32(truncatingIfNeeded: precomputedHash >> 32) }
}
