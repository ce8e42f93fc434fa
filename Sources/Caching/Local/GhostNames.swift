/// Fingerprints of keys that were evicted lately, without their values: sets of four cells, the oldest of which gives
/// way. A name may be forgotten early or taken for another's; either costs a worse place in the queues, nothing else.
struct GhostNames: Sendable {
  private static var ways: Int { 4 }

  /// Time of insertion above (0: empty), fingerprint below.
  private var cells: [UInt64] = Array(repeating: 0, count: 64)
  private var time: UInt32 = 0

  /// Remembers a name.
  mutating func insert(_ fingerprint: UInt32) {
    time = time == .max ? 1 : time + 1
    place(UInt64(time) << 32 | UInt64(fingerprint))
  }

  /// Whether a name is among the `limit` remembered last. Forgets it.
  mutating func take(_ fingerprint: UInt32, limit: Int) -> Bool {
    for place in set(fingerprint) where UInt32(truncatingIfNeeded: cells[place]) == fingerprint {
      guard cells[place] >> 32 > 0 else { continue }
      let age = time &- UInt32(cells[place] >> 32)
      cells[place] = 0
      return Int(age) < limit
    }
    return false
  }

  /// Makes room for the names of a table that holds `entries`.
  mutating func reserve(_ entries: Int) {
    guard entries > cells.count else { return }
    let old = cells
    cells = Array(repeating: 0, count: old.count * 2)
    for cell in old where cell != 0 { place(cell) }
  }

  private mutating func place(_ cell: UInt64) {
    let set = set(UInt32(truncatingIfNeeded: cell))
    guard let oldest = set.min(by: { cells[$0] < cells[$1] }) else { return }
    cells[oldest] = cell
  }

  private func set(_ fingerprint: UInt32) -> Range<Int> {
    let start = Int(fingerprint) * Self.ways & (cells.count - 1)
    return start..<start + Self.ways
  }
}
