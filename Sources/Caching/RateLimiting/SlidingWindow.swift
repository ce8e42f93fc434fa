/// How often something happened within the last minute, in slots of a second.
///
/// The slot that is leaving the window counts by the share of it that is still inside, so the count is that of a true
/// sliding window as long as what happened within one second was spread evenly over it.
struct SlidingWindow: Sendable {
  private static let slots = UInt64(RateLimit.window)

  private var counts = [UInt32](repeating: 0, count: RateLimit.window + 1)
  private var total = 0
  /// The second the newest slot stands for.
  private(set) var second: UInt64
  /// Nothing is counted of any second before this one.
  private var first: UInt64

  init(at nanoseconds: UInt64) {
    second = nanoseconds / 1_000_000_000
    first = second
  }

  /// Takes one unit if fewer than `quota` are counted; returns what is left (nil when it was refused), and the seconds
  /// until a unit comes free that is not free now.
  mutating func take(quota: Int, at nanoseconds: UInt64) -> (remaining: Int?, secondsToNext: Int) {
    let used = count(at: nanoseconds)
    guard used < quota else { return (nil, secondsToNext) }
    add()
    return (quota - used - 1, secondsToNext)
  }

  /// How many units are counted.
  mutating func count(at nanoseconds: UInt64) -> Int {
    advance(to: nanoseconds / 1_000_000_000)
    return used(at: nanoseconds)
  }

  /// Counts one more now, which is when ``count(at:)`` was asked last.
  mutating func add() {
    counts[slot(second)] += 1
    total += 1
  }

  /// Gives back the unit that was taken last.
  mutating func giveBack() {
    guard counts[slot(second)] > 0 else { return }
    counts[slot(second)] -= 1
    total -= 1
  }

  /// From 1 to the length of the window: until the oldest unit that is counted has left.
  var secondsToNext: Int {
    mutating get {
      first = max(first, second - min(second, Self.slots))
      while first < second, counts[slot(first)] == 0 { first += 1 }
      return min(RateLimit.window, RateLimit.window - Int(second - first) + 1)
    }
  }

  private func used(at nanoseconds: UInt64) -> Int {
    guard second >= Self.slots else { return total }
    let leaving = Int(counts[slot(second - Self.slots)])
    let elapsed = Double(nanoseconds % 1_000_000_000) / 1e9
    return total - Int(Double(leaving) * elapsed)
  }

  private mutating func advance(to now: UInt64) {
    guard now > second else { return }
    for step in 1...min(now - second, Self.slots + 1) {
      let place = slot(second + step)
      total -= Int(counts[place])
      counts[place] = 0
    }
    second = now
  }

  private func slot(_ second: UInt64) -> Int { Int(second % (Self.slots + 1)) }
}
