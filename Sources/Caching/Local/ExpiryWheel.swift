/// When slots are due: a hierarchical timing wheel (Varghese, Lauck, SOSP 1987, scheme 7) of six levels of 64 lists. A
/// slot's level is that of the highest bit in which its time differs from the wheel's, so it moves down five times at
/// most, and lists that hold nothing are skipped by their bits.
struct ExpiryWheel: Sendable {
  /// A beat is 2^28 ticks, about 0.27 s: slots leave at most that much too late. Times beyond 2^32 beats (36 years of
  /// the ticker's) are never due.
  private static var beatShift: UInt64 { 28 }
  private static var levels: Int { 6 }

  private var links = SlotLinks()
  /// The list each slot is in; `.max` for none. When it is due follows from its entry.
  private var places = SlotPages(UInt16.max)
  private var lists = [SlotList](repeating: SlotList(), count: levels * 64)
  private var occupied = [UInt64](repeating: 0, count: levels)
  private var beat: UInt32 = 0

  /// Makes room for slots up to this one.
  mutating func extend(to slot: Slot) {
    links.extend(to: slot)
    places.extend(to: slot)
  }

  /// Notes when a slot without a timer ends, in ticks; `.max` for never.
  mutating func add(_ slot: Slot, expiresAt: UInt64) {
    if let due = Self.due(expiresAt) { link(slot, due: max(due, beat)) }
  }

  /// Forgets a slot's timer, if it has one.
  mutating func remove(_ slot: Slot) {
    let list = Int(places[slot])
    guard list != Int(UInt16.max) else { return }
    links.remove(slot, from: &lists[list])
    places[slot] = .max
    if lists[list].isEmpty { occupied[list >> 6] &= ~(1 << UInt64(list & 63)) }
  }

  /// One step towards `now`: either a slot that is due and has no timer any more, or nothing further to do (`none`), or
  /// a slot was moved to where it belongs (nil), and there may be more.
  /// - Parameters:
  ///   - entries: those of the slots.
  ///   - expiresAt: what ``add(_:expiresAt:)`` was told of an entry's slot.
  mutating func step<Entry>(
    now: UInt64, in entries: SlotPages<Entry>, expiresAt: (borrowing Entry) -> UInt64
  ) -> Slot? {
    let target = UInt32(min(now >> Self.beatShift, UInt64(UInt32.max - 1)))
    guard target >= beat, let level = nextLevel() else {
      beat = max(beat, target)
      return Slot.none
    }
    let position = occupied[level].trailingZeroBitCount
    let shift = UInt64(level * 6)
    let start = (UInt64(beat) >> (shift + 6)) << (shift + 6) | UInt64(position) << shift
    guard start <= UInt64(target) else {
      beat = target
      return Slot.none
    }
    beat = max(beat, UInt32(start))
    let slot = lists[level << 6 | position].oldest
    remove(slot)
    guard let due = Self.due(entries.with(slot, expiresAt)), due > beat else { return slot }
    link(slot, due: due)
    return nil
  }

  /// The beat after which a slot is due; nil for never.
  private static func due(_ expiresAt: UInt64) -> UInt32? {
    let due = (expiresAt >> beatShift) + 1
    return due < UInt64(UInt32.max) ? UInt32(due) : nil
  }

  /// The level of the list that comes next. A list that time has reached is emptied first, from the top: what is moved
  /// down out of it may be due before all else.
  private func nextLevel() -> Int? {
    (1..<Self.levels).last { occupied[$0] & (1 << (UInt64(beat) >> UInt64($0 * 6) & 63)) != 0 }
      ?? occupied.firstIndex { $0 != 0 }
  }

  private mutating func link(_ slot: Slot, due: UInt32) {
    let level = (31 - ((due ^ beat) | 1).leadingZeroBitCount) / 6
    let position = Int(due >> UInt32(level * 6)) & 63
    let list = level << 6 | position
    links.append(slot, to: &lists[list])
    places[slot] = UInt16(list)
    occupied[level] |= 1 << UInt64(position)
  }
}
