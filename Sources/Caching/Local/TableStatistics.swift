/// What a table in memory holds and has done since it was made.
package struct TableStatistics: Sendable, Equatable {
  package var entries = 0
  package var bytes = 0
  package var hits = 0
  package var misses = 0
  /// Entries removed to make room.
  package var evictions = 0
  /// Entries removed because their time was over, other than by a reader who found them stale.
  package var expirations = 0
  /// Reads by the namespace of their keys.
  package var namespaces = NamespaceTally()

  mutating func add(_ other: TableStatistics) {
    entries += other.entries
    bytes += other.bytes
    hits += other.hits
    misses += other.misses
    evictions += other.evictions
    expirations += other.expirations
    namespaces.add(other.namespaces)
  }
}
