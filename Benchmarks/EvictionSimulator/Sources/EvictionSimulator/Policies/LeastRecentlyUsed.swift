/// The floor: what was used longest ago goes.
struct LeastRecentlyUsed: EvictionPolicy {
  private let capacity: Int
  private var list: KeyList

  init(capacity: Int, keys: Int) {
    self.capacity = capacity
    list = KeyList(keys: keys)
  }

  mutating func access(_ key: Int) -> Bool {
    let isHit = list.contains(key)
    if isHit { list.remove(key) } else if list.count == capacity { _ = list.removeOldest() }
    list.append(key)
    return isHit
  }
}
