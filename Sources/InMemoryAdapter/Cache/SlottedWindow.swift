import Caching

/// What one subject has used within a window that slides, in slots that leave as a whole. A value: whoever shares it
/// locks it. Times and lengths in microseconds.
struct SlottedWindow: Sendable {
  private let length: Int
  private let slotLength: Int
  /// By number, the oldest first, none of them empty.
  private var slots: ArraySlice<(number: Int, count: Int)> = []
  private var total = 0

  init(length: Int) {
    self.length = length
    slotLength = RateLimitSlots.length(ofWindow: length)
  }

  /// The moment from which nothing is counted any more.
  var emptyFrom: Int { slots.last.map { ($0.number + 1) * slotLength + length } ?? 0 }

  /// Takes up to `count` units of `limit`.
  mutating func take(_ count: Int, of limit: Int, at now: Int) -> RateLimitGrant {
    leave(at: now)
    let granted = max(0, min(count, limit - total))
    let number = now / slotLength
    if granted > 0 {
      if slots.last?.number == number {
        slots[slots.endIndex - 1].count += granted
      } else {
        slots.append((number, granted))
      }
      total += granted
    }
    let reset = slots.first.map { ($0.number + 1) * slotLength + length - now } ?? 0
    return RateLimitGrant(
      granted: granted, remaining: max(0, limit - total), resetAfter: .microseconds(reset), place: number)
  }

  /// Gives back units that were counted in a slot.
  mutating func giveBack(_ count: Int, to number: Int) {
    guard let index = slots.firstIndex(where: { $0.number == number }) else { return }
    let returned = max(0, min(count, slots[index].count))
    slots[index].count -= returned
    total -= returned
    if slots[index].count == 0 { slots.remove(at: index) }
  }

  /// Lets go of the slots that are outside the window whole.
  private mutating func leave(at now: Int) {
    while let first = slots.first, (first.number + 1) * slotLength + length <= now {
      total -= first.count
      slots.removeFirst()
    }
  }
}
