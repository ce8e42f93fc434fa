extension S3FIFOTable {
  /// The small queue holds a fiftieth of the entries.
  private static var smallPart: Int { 50 }
  /// How many entries of others are passed over, for each average entry that the new one is worth, to find one of an
  /// owner who holds more than its share: half of them in the queue whose turn it is, half in the main queue. Then the
  /// oldest goes, whoever's it is.
  private static var spared: Int { 64 }

  /// Removes one entry to make room for one of that cost. Entries that are marked lose the mark and stay, each hit pays
  /// for one such step; hence the time is O(1) amortised for each average entry that the new one is worth.
  mutating func evict(for cost: Int) {
    let worth = min(cost / max(1, statistics.bytes / max(1, statistics.entries)), statistics.entries)
    let mostSpares = owners.isAnyOver ? Self.spared * (worth + 1) : 0
    var spares = mostSpares
    while true {
      let seeksInMain = spares > 0 && spares <= mostSpares / 2 && !main.isEmpty
      let isSmall = !seeksInMain && (main.isEmpty || smallCount * Self.smallPart >= statistics.entries)
      let slot = isSmall ? small.oldest : main.oldest
      guard slot != Slot.none, let entry = entries[slot] else { return }
      if spares > 0, !owners.isOver(entry.owner) {
        spares -= 1
        move(slot, from: entry.isMain, to: entry.isMain)
      } else if entry.isMarked {
        unmark(slot, entry.fingerprint)
        move(slot, from: entry.isMain, to: true)
      } else {
        if isSmall { ghosts.insert(entry.fingerprint) }
        remove(slot)
        statistics.evictions += 1
        return
      }
    }
  }

  mutating func enqueue(_ slot: Slot, isMain: Bool) {
    if isMain {
      queues.append(slot, to: &main)
    } else {
      queues.append(slot, to: &small)
      smallCount += 1
    }
  }

  mutating func unqueue(_ slot: Slot, isMain: Bool) {
    if isMain {
      queues.remove(slot, from: &main)
    } else {
      queues.remove(slot, from: &small)
      smallCount -= 1
    }
  }

  private mutating func move(_ slot: Slot, from wasMain: Bool, to isMain: Bool) {
    unqueue(slot, isMain: wasMain)
    enqueue(slot, isMain: isMain)
    entries.change(slot) { $0?.isMain = isMain }
  }
}
