/// Timers by their deadlines: a binary heap.
struct TimerHeap {
  private var timers: [(deadline: UInt64, number: UInt64)] = []

  var first: (deadline: UInt64, number: UInt64)? { timers.first }

  mutating func insert(at deadline: UInt64, _ number: UInt64) {
    timers.append((deadline, number))
    var place = timers.count - 1
    while place > 0, precedes(place, (place - 1) / 2) {
      timers.swapAt(place, (place - 1) / 2)
      place = (place - 1) / 2
    }
  }

  mutating func removeFirst() {
    timers.swapAt(0, timers.count - 1)
    timers.removeLast()
    var place = 0
    while true {
      var least = place
      for child in [2 * place + 1, 2 * place + 2] where child < timers.count && precedes(child, least) { least = child }
      guard least != place else { return }
      timers.swapAt(least, place)
      place = least
    }
  }

  private func precedes(_ left: Int, _ right: Int) -> Bool {
    (timers[left].deadline, timers[left].number) < (timers[right].deadline, timers[right].number)
  }
}
