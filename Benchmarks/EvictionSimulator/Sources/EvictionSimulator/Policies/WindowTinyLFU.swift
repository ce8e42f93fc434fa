/// W-TinyLFU: an LRU window of a hundredth, then a main part that a key enters only if it was asked for more often than
/// the one that would leave (Einziger, Friedman, Manes, ACM TOS 2017). Main: segmented LRU, four fifths protected.
struct WindowTinyLFU: EvictionPolicy {
  private let windowCapacity: Int
  private let mainCapacity: Int
  private let protectedCapacity: Int
  private var window: KeyList
  private var probation: KeyList
  private var protected: KeyList
  private var sketch: FrequencySketch

  init(capacity: Int, keys: Int) {
    windowCapacity = max(1, capacity / 100)
    mainCapacity = capacity - windowCapacity
    protectedCapacity = mainCapacity * 4 / 5
    window = KeyList(keys: keys)
    probation = KeyList(keys: keys)
    protected = KeyList(keys: keys)
    sketch = FrequencySketch(capacity: capacity)
  }

  mutating func access(_ key: Int) -> Bool {
    sketch.record(key)
    if window.contains(key) {
      window.remove(key)
      window.append(key)
      return true
    }
    if protected.contains(key) {
      protected.remove(key)
      protected.append(key)
      return true
    }
    if probation.contains(key) {
      probation.remove(key)
      protected.append(key)
      if protected.count > protectedCapacity, let demoted = protected.removeOldest() { probation.append(demoted) }
      return true
    }
    window.append(key)
    if window.count > windowCapacity, let candidate = window.removeOldest() { admit(candidate) }
    return false
  }

  private mutating func admit(_ candidate: Int) {
    if probation.count + protected.count >= mainCapacity {
      guard let victim = probation.oldest ?? protected.oldest else { return }
      guard sketch.estimate(candidate) > sketch.estimate(victim) else { return }
      if probation.contains(victim) { probation.remove(victim) } else { protected.remove(victim) }
    }
    probation.append(candidate)
  }
}
