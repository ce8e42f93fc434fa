import Synchronization

/// A concurrent table in memory, bounded by entries and by bytes, which forgets first what was not used
/// again (see docs/caching/eviction.md), and what is over.
///
/// Keys are spread over shards, each behind its own lock, held for a few dozen nanoseconds; most reads find a copy that
/// their processor has to itself (see ``NearCopies``). The bounds are divided
/// evenly over the shards, so a table may evict a little before its bound is reached; it never holds more.
package final class BoundedTable<Record: TableRecord>: Sendable {
  /// How much a table may hold.
  package struct Bounds: Sendable {
    /// Most entries in all.
    package var entries: Int
    /// Most bytes in all, as the callers count them.
    package var bytes: Int
    /// The part of a full shard beyond which an owner's entries go first, whoever needs room. From 1 on, no limit.
    package var ownerShare: Double

    package init(entries: Int, bytes: Int, ownerShare: Double = 0.5) {
      self.entries = entries
      self.bytes = bytes
      self.ownerShare = ownerShare
    }
  }

  private final class Shard: Sendable {
    let contents: Mutex<S3FIFOTable<Record>>

    init(_ bounds: Bounds, _ copies: NearCopies<Record>, number: Int) {
      contents = Mutex(
        S3FIFOTable(
          maximumEntries: bounds.entries, maximumBytes: bounds.bytes, ownerShare: bounds.ownerShare, copies: copies,
          number: number))
    }
  }

  private let shards: [Shard]
  private let copies: NearCopies<Record>
  private let mask: Int

  /// A table within `bounds`.
  package init(_ bounds: Bounds) {
    var count = 1
    while count < 16, bounds.entries / (count * 2) >= 64, bounds.bytes / (count * 2) >= 1 << 20 { count *= 2 }
    let share = Bounds(
      entries: bounds.entries / count, bytes: bounds.bytes / count, ownerShare: bounds.ownerShare)
    let copies = NearCopies<Record>(shards: count)
    self.copies = copies
    shards = (0..<count).map { Shard(share, copies, number: $0) }
    mask = count - 1
  }

  deinit { copies.deallocate() }

  /// The record of a key, if it is there and valid. What is found stale is removed.
  /// - Parameter countsMiss: false for a look that is followed by a counted one.
  package func record(_ key: CacheKey, countsMiss: Bool = true, judge: (Record) -> Verdict) -> Record? {
    copies.record(key, shard: number(key), judge: judge)
      ?? shard(key).contents.withLock { $0.record(key, countsMiss: countsMiss, judge: judge) }
  }

  /// Stores a record, evicting others where there is no room. One that alone exceeds the bound of its shard, or whose time is
  /// over, is not stored, and the older one is removed. At most 0.27 s after its end the writes to its shard begin to
  /// remove it, and so does ``removeExpired(now:)``.
  /// - Parameter now: the ticker's time. Without it nothing leaves because its time is over.
  package func set(_ key: CacheKey, _ record: Record, now: UInt64 = 0) {
    shard(key).contents.withLock { $0.set(key, record, now: now) }
  }

  /// Changes the record of a key in one step: `body` gets the record (nil when absent or invalid) and returns the one
  /// to keep (nil removes it) and a result.
  package func update<Result: Sendable>(
    _ key: CacheKey, isValid: (Record) -> Bool, now: UInt64, _ body: (Record?) -> (kept: Record?, result: Result)
  ) -> Result {
    shard(key).contents.withLock { contents in
      let (kept, result) = body(contents.record(key, countsMiss: false) { isValid($0) ? .valid : .stale })
      if let kept {
        contents.set(key, kept, now: now)
      } else {
        _ = contents.remove(key)
      }
      return result
    }
  }

  /// Removes what is over, for a table that is not written to. Locks a shard for 64 steps at a time.
  package func removeExpired(now: UInt64) {
    for shard in shards {
      while !shard.contents.withLock({ $0.removeExpired(now: now, steps: 64) }) {}
    }
  }

  /// Removes a key; tells whether it was there.
  @discardableResult
  package func remove(_ key: CacheKey) -> Bool {
    shard(key).contents.withLock { $0.remove(key) }
  }

  /// Removes what `isIncluded` and tells how many. Looks at every entry, one shard at a time.
  package func removeAll(where isIncluded: (CacheKey) -> Bool) -> Int {
    shards.reduce(0) { total, shard in
      total + shard.contents.withLock { contents in contents.keys.filter(isIncluded).count { contents.remove($0) } }
    }
  }

  /// All keys, one shard at a time: those that are there throughout are in it.
  package var keys: [CacheKey] {
    shards.flatMap { shard in shard.contents.withLock { $0.keys } }
  }

  /// The keys whose records are included, one shard at a time. Does not count as use.
  package func keys(where isIncluded: (Record) -> Bool) -> [CacheKey] {
    shards.flatMap { shard in shard.contents.withLock { $0.keys(where: isIncluded) } }
  }

  /// What the table holds and has done.
  package var statistics: TableStatistics {
    shards.reduce(into: TableStatistics()) { total, shard in
      total.add(
        shard.contents.withLock { contents in
          contents.countReads()
          return contents.statistics
        })
    }
  }

  /// What each owner holds and how often it was read.
  package var usage: [CacheScope: OwnerUsage] {
    shards.reduce(into: [:]) { total, shard in
      let usage = shard.contents.withLock { contents in
        contents.countReads()
        return contents.owners.usage
      }
      total.merge(usage) { $0 + $1 }
    }
  }

  private func shard(_ key: CacheKey) -> Shard { shards[number(key)] }

  private func number(_ key: CacheKey) -> Int { key.precomputedHash & mask }
}
