import Caching
import Foundation
import Glibc
import NIOCore
import Workload

/// What entries of 200 bytes cost in memory beyond their keys and values.
struct MemoryFigures: Encodable {
  /// Bytes for each entry.
  struct PerEntry: Encodable {
    /// The key's text in UTF-8.
    let key: Double
    /// The encoded value.
    let value: Double
    /// What the allocator has given out, less key and value.
    let overhead: Double
    /// What the process has in physical memory, less key and value.
    let residentOverhead: Double
  }

  let entries: Int
  /// The whole cache: every object and buffer that belongs to an entry.
  let cache: PerEntry
  /// The table alone: places, queues, timers and index. What it holds is made beforehand.
  let table: PerEntry

  init(entries: Int) async throws {
    let counter = try AllocationCounter()
    self.entries = entries
    cache = try await Self.cache(entries, counter)
    table = try Self.table(entries, counter)
  }

  private static func cache(_ entries: Int, _ counter: AllocationCounter) async throws -> PerEntry {
    let cache = FilledCache.empty(room: entries)
    let tenant = CatalogKeys.tenant(1)
    let value = String(repeating: "x", count: 198)
    let before = try Usage(counter)
    var keyBytes = 0
    for number in 0..<entries {
      let key = CatalogKeys.page(number, of: tenant)
      keyBytes += key.text.utf8.count
      try await cache.set(key, to: value, policy: .forever)
    }
    let after = try Usage(counter)
    precondition(cache.getStats().keys == entries)
    return after.perEntry(since: before, entries, keyBytes: keyBytes, valueBytes: 200 * entries)
  }

  private static func table(_ entries: Int, _ counter: AllocationCounter) throws -> PerEntry {
    let table = BoundedTable<Prepared>(.init(entries: entries + entries / 10 + 1024, bytes: 8 << 30))
    let tenant = CatalogKeys.tenant(1)
    let records = (0..<entries).map { Prepared(CatalogKeys.page($0, of: tenant)) }
    let before = try Usage(counter)
    for record in records { table.set(record.key, record) }
    let after = try withExtendedLifetime(records) { try Usage(counter) }
    precondition(table.statistics.entries == entries)
    return after.perEntry(since: before, entries, keyBytes: 0, valueBytes: 0)
  }
}

/// A record that is there before it is put into a table.
private final class Prepared: TableRecord {
  let key: CacheKey

  init(_ key: CacheKey) { self.key = key }

  var name: String { key.text }
  var cost: Int { 200 }
  var expiresAt: UInt64 { .max }

  func isNamed(_ key: CacheKey) -> Bool { key.text == self.key.text }
}

/// Bytes in use at one moment.
private struct Usage {
  let allocated: Int
  let resident: Int

  init(_ counter: AllocationCounter) throws {
    allocated = counter.bytesInUse
    let fields = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8).split(separator: " ")
    // Pages in physical memory are the second field.
    resident = (Int(fields[1]) ?? 0) * Int(getpagesize())
  }

  func perEntry(since start: Usage, _ entries: Int, keyBytes: Int, valueBytes: Int) -> MemoryFigures.PerEntry {
    let beside = keyBytes + valueBytes
    return MemoryFigures.PerEntry(
      key: Double(keyBytes) / Double(entries), value: Double(valueBytes) / Double(entries),
      overhead: Double(allocated - start.allocated - beside) / Double(entries),
      residentOverhead: Double(resident - start.resident - beside) / Double(entries))
  }
}
