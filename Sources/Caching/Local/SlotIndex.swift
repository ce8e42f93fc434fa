/// Finds slots by a 32-bit fingerprint of their key: linear probing, with removal by shifting back (Knuth, The Art of
/// Computer Programming, volume 3, section 6.4, algorithms L and R). 11 to 21 bytes an entry once it has grown.
struct SlotIndex: Sendable {
  private static var empty: UInt64 { .max }

  /// Fingerprint above, slot below.
  private var cells: [UInt64] = Array(repeating: empty, count: 16)
  private var count = 0

  private var mask: Int { cells.count - 1 }

  /// The slot with this fingerprint that `isMatch` accepts.
  func find(_ fingerprint: UInt32, isMatch: (Slot) -> Bool) -> Slot? {
    var place = Int(fingerprint) & mask
    while cells[place] != Self.empty {
      let slot = Slot(truncatingIfNeeded: cells[place])
      if UInt32(cells[place] >> 32) == fingerprint, isMatch(slot) { return slot }
      place = (place + 1) & mask
    }
    return nil
  }

  mutating func insert(_ fingerprint: UInt32, _ slot: Slot) {
    if (count + 1) * 4 > cells.count * 3 { grow() }
    place(UInt64(fingerprint) << 32 | UInt64(slot))
    count += 1
  }

  /// Removes a slot that is there.
  mutating func remove(_ fingerprint: UInt32, _ slot: Slot) {
    let cell = UInt64(fingerprint) << 32 | UInt64(slot)
    var hole = Int(fingerprint) & mask
    while cells[hole] != cell { hole = (hole + 1) & mask }
    var next = (hole + 1) & mask
    while cells[next] != Self.empty {
      let home = Int(cells[next] >> 32) & mask
      if (next - home) & mask >= (next - hole) & mask {
        cells[hole] = cells[next]
        hole = next
      }
      next = (next + 1) & mask
    }
    cells[hole] = Self.empty
    count -= 1
  }

  private mutating func place(_ cell: UInt64) {
    var place = Int(cell >> 32) & mask
    while cells[place] != Self.empty { place = (place + 1) & mask }
    cells[place] = cell
  }

  private mutating func grow() {
    let old = cells
    cells = Array(repeating: Self.empty, count: old.count * 2)
    for cell in old where cell != Self.empty { place(cell) }
  }
}
