/// SIEVE: one queue whose entries never move, a mark per entry and a hand that goes from old to new, clears marks and
/// evicts what has none (Zhang et al., NSDI 2024, algorithm 1).
struct Sieve: EvictionPolicy {
  private let capacity: Int
  private var queue: KeyList
  private var isMarked: [Bool]
  private var hand: Int?

  init(capacity: Int, keys: Int) {
    self.capacity = capacity
    queue = KeyList(keys: keys)
    isMarked = Array(repeating: false, count: keys)
  }

  mutating func access(_ key: Int) -> Bool {
    if queue.contains(key) {
      isMarked[key] = true
      return true
    }
    if queue.count == capacity { evict() }
    queue.append(key)
    isMarked[key] = false
    return false
  }

  private mutating func evict() {
    guard var victim = hand ?? queue.oldest else { return }
    while isMarked[victim] {
      isMarked[victim] = false
      victim = queue.newer(than: victim) ?? queue.oldest ?? victim
    }
    hand = queue.newer(than: victim)
    queue.remove(victim)
  }
}
