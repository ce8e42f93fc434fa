/// The ends of a list of slots.
struct SlotList: Sendable {
  fileprivate(set) var newest = Slot.none
  fileprivate(set) var oldest = Slot.none

  var isEmpty: Bool { oldest == Slot.none }
}

/// Doubly linked lists of slots. A slot is in at most one list of those that share the links.
struct SlotLinks: Sendable {
  private struct Link: Sendable {
    var newer = Slot.none
    var older = Slot.none
  }

  private var links = SlotPages(Link())

  /// Makes room for slots up to this one.
  mutating func extend(to slot: Slot) { links.extend(to: slot) }

  /// Puts a slot that is in no list at the newest end.
  mutating func append(_ slot: Slot, to list: inout SlotList) {
    links[slot] = Link(older: list.newest)
    if list.isEmpty { list.oldest = slot } else { links[list.newest].newer = slot }
    list.newest = slot
  }

  /// Takes a slot out of the list it is in.
  mutating func remove(_ slot: Slot, from list: inout SlotList) {
    let link = links[slot]
    if link.newer == Slot.none { list.newest = link.older } else { links[link.newer].older = link.older }
    if link.older == Slot.none { list.oldest = link.newer } else { links[link.older].newer = link.newer }
  }
}
