/// The bound: what is needed again last goes, the new key included (Belády, IBM Systems Journal 1966). Knows the future.
struct Optimal: EvictionPolicy {
  private struct Use {
    let next: Int32
    let key: Int32
  }

  private let capacity: Int
  /// For each request, the position of the next one for the same key; `.max` for none.
  private let nextUses: [Int32]
  private var position = 0
  /// The next use of each key that is held, -1 for others.
  private var held: [Int32]
  private var count = 0
  /// A heap, the latest next use on top. Entries whose key was used since are out of date.
  private var heap: [Use] = []

  init(capacity: Int, trace: Trace) {
    self.capacity = capacity
    held = Array(repeating: -1, count: trace.keys)
    var upcoming = Array(repeating: Int32.max, count: trace.keys)
    var nextUses = Array(repeating: Int32.max, count: trace.requests.count)
    for (position, key) in trace.requests.enumerated().reversed() {
      nextUses[position] = upcoming[Int(key)]
      upcoming[Int(key)] = Int32(position)
    }
    self.nextUses = nextUses
  }

  mutating func access(_ key: Int) -> Bool {
    let isHit = held[key] >= 0
    let next = nextUses[position]
    position += 1
    held[key] = next
    push(Use(next: next, key: Int32(key)))
    if !isHit { count += 1 }
    while count > capacity, let top = pop() {
      guard held[Int(top.key)] == top.next else { continue }
      held[Int(top.key)] = -1
      count -= 1
    }
    return isHit
  }

  private mutating func push(_ use: Use) {
    heap.append(use)
    var child = heap.count - 1
    while child > 0, heap[(child - 1) / 2].next < heap[child].next {
      heap.swapAt(child, (child - 1) / 2)
      child = (child - 1) / 2
    }
  }

  private mutating func pop() -> Use? {
    guard let top = heap.first, let last = heap.popLast() else { return nil }
    guard !heap.isEmpty else { return top }
    heap[0] = last
    var parent = 0
    while true {
      var child = parent * 2 + 1
      guard child < heap.count else { return top }
      if child + 1 < heap.count, heap[child + 1].next > heap[child].next { child += 1 }
      guard heap[child].next > heap[parent].next else { return top }
      heap.swapAt(parent, child)
      parent = child
    }
  }
}
