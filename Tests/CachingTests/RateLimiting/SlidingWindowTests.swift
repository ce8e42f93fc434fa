import Testing

@testable import Caching

@Suite("SlidingWindow")
struct SlidingWindowTests {
  @Test("The next unit comes free when the oldest one that is counted leaves, whatever was taken and given back")
  func secondsToNext() {
    var generator = SeededGenerator(seed: 11)
    for _ in 0..<200 {
      var now = UInt64.random(in: 0...200, using: &generator)
      var window = SlidingWindow(at: now * 1_000_000_000)
      var taken: [UInt64] = []
      for _ in 0..<100 {
        now += [0, 0, 1, 3, 30, 90][Int.random(in: 0..<6, using: &generator)]
        _ = window.count(at: now * 1_000_000_000)
        taken.removeAll { now - $0 > 60 }
        if Bool.random(using: &generator) {
          window.add()
          taken.append(now)
        } else if taken.last == now {
          window.giveBack()
          taken.removeLast()
        }
        let expected = taken.first.map { min(60, 60 - Int(now - $0) + 1) } ?? 60
        #expect(window.secondsToNext == expected)
      }
    }
  }
}
