/// Finds slots by a 32-bit fingerprint of their key: linear probing, with removal by shifting back (Knuth, The Art of
/// Computer Programming, volume 3, section 6.4, algorithms L and R). 5 to 11 bytes an entry once it has grown.
///
/// A cell is a slot below and as many of the fingerprint's high bits as there is room for above. What else it takes is asked
/// of the pages in which the entries are.
struct SlotIndex: Sendable {
  /// No slot: at most three quarters of the cells are in use, and slots are numbered without gaps.
  private static var empty: UInt32 { .max }

  private var cells: [UInt32] = Array(repeating: empty, count: 16)
  private var count = 0

  private var mask: UInt32 { UInt32(cells.count - 1) }

  /// The slot with this fingerprint that `isMatch` accepts.
  func find(_ fingerprint: UInt32, isMatch: (Slot) -> Bool) -> Slot? {
    cells.withUnsafeBufferPointer { cells in
      let mask = UInt32(cells.count - 1)
      var place = fingerprint & mask
      while cells[Int(place)] != Self.empty {
        let cell = cells[Int(place)]
        if (cell ^ fingerprint) & ~mask == 0, isMatch(cell & mask) { return cell & mask }
        place = (place + 1) & mask
      }
      return nil
    }
  }

  /// Adds a slot whose entry is there.
  mutating func insert<Entry>(_ slot: Slot, in entries: SlotPages<Entry>, fingerprint: (borrowing Entry) -> UInt32) {
    if (count + 1) * 4 > cells.count * 3 { grow(entries, fingerprint) }
    place(slot, entries.with(slot, fingerprint))
    count += 1
  }

  /// Removes a slot that is there, and its entry still too.
  mutating func remove<Entry>(_ slot: Slot, in entries: SlotPages<Entry>, fingerprint: (borrowing Entry) -> UInt32) {
    var hole = entries.with(slot, fingerprint) & mask
    while cells[Int(hole)] & mask != slot { hole = (hole + 1) & mask }
    var next = (hole + 1) & mask
    while cells[Int(next)] != Self.empty {
      let home = entries.with(cells[Int(next)] & mask, fingerprint) & mask
      if (next &- home) & mask >= (next &- hole) & mask {
        cells[Int(hole)] = cells[Int(next)]
        hole = next
      }
      next = (next + 1) & mask
    }
    cells[Int(hole)] = Self.empty
    count -= 1
  }

  private mutating func place(_ slot: Slot, _ fingerprint: UInt32) {
    var place = fingerprint & mask
    while cells[Int(place)] != Self.empty { place = (place + 1) & mask }
    cells[Int(place)] = fingerprint & ~mask | slot
  }

  private mutating func grow<Entry>(_ entries: SlotPages<Entry>, _ fingerprint: (borrowing Entry) -> UInt32) {
    let old = cells
    let oldMask = mask
    cells = Array(repeating: Self.empty, count: old.count * 2)
    for cell in old where cell != Self.empty { place(cell & oldMask, entries.with(cell & oldMask, fingerprint)) }
  }
}
