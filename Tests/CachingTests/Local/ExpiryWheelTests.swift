import Testing

@testable import Caching

@Suite("Expiry wheel", .timeLimit(.minutes(1)))
struct ExpiryWheelTests {
  private static let beat: UInt64 = 1 << 28

  /// A wheel and when its slots end.
  private struct Timers {
    var wheel = ExpiryWheel()
    var ends = SlotPages<UInt64>(.max)

    mutating func extend(to slot: Slot) {
      wheel.extend(to: slot)
      ends.extend(to: slot)
    }

    mutating func add(_ slot: Slot, expiresAt: UInt64) {
      ends[slot] = expiresAt
      wheel.add(slot, expiresAt: expiresAt)
    }

    mutating func remove(_ slot: Slot) { wheel.remove(slot) }

    mutating func step(now: UInt64) -> Slot? { wheel.step(now: now, in: ends) { $0 } }
  }

  /// All that is due, in order.
  private func due(_ wheel: inout Timers, now: UInt64) -> [Slot] {
    var found: [Slot] = []
    while true {
      guard let slot = wheel.step(now: now) else { continue }
      if slot == Slot.none { return found }
      found.append(slot)
    }
  }

  @Test(
    "A slot is due within a beat after its end and never before it, however far that is",
    arguments: [0, 1, 62, 63, 64, 65, 4095, 4096, 1 << 20, 1 << 31, 4_294_967_290], [0, 1, 63, 100, 5000])
  func exact(beats: UInt64, start: UInt64) {
    var wheel = Timers()
    wheel.extend(to: 0)
    guard start < beats else { return }
    #expect(due(&wheel, now: start * Self.beat) == [])
    wheel.add(0, expiresAt: beats * Self.beat + 5)
    #expect(due(&wheel, now: beats * Self.beat + 4) == [])
    #expect(due(&wheel, now: (beats + 1) * Self.beat + 5) == [0])
    #expect(due(&wheel, now: .max) == [])
  }

  @Test("Slots with random ends, added and removed at random times, are due when they should be", arguments: 0..<8)
  func random(seed: Int) {
    var random = SeededGenerator(seed: seed)
    var wheel = Timers()
    var ends: [Slot: UInt64] = [:]
    var now: UInt64 = UInt64.random(in: 0..<1 << 50, using: &random)
    var expired = 0
    for slot in Slot(0)..<3000 {
      wheel.extend(to: slot)
      let distance = UInt64.random(in: 0..<1 << UInt64.random(in: 20..<44, using: &random), using: &random)
      ends[slot] = now + distance
      wheel.add(slot, expiresAt: now + distance)
      if Bool.random(using: &random), let other = ends.keys.min() {
        wheel.remove(other)
        wheel.remove(other)
        ends[other] = nil
      }
      now += UInt64.random(in: 0..<1 << UInt64.random(in: 20..<34, using: &random), using: &random)
      for slot in due(&wheel, now: now) {
        #expect(ends.removeValue(forKey: slot).map { $0 <= now } == true)
        expired += 1
      }
      #expect(ends.values.allSatisfy { $0 + Self.beat > now })
    }
    #expect(expired > 500)
  }

  @Test("A slot is moved five times at most")
  func moves() {
    var wheel = Timers()
    wheel.extend(to: 0)
    wheel.add(0, expiresAt: 4_294_967_292 * Self.beat)
    var steps = 0
    while wheel.step(now: .max) == nil { steps += 1 }
    #expect(steps == 5)
  }

  @Test("Time may step back, and what ends never or in the distant future is never due")
  func edges() {
    var wheel = Timers()
    for slot in Slot(0)..<4 { wheel.extend(to: slot) }
    #expect(due(&wheel, now: 1000 * Self.beat) == [])
    wheel.add(0, expiresAt: .max)
    wheel.add(1, expiresAt: .max - 1)
    wheel.add(2, expiresAt: 10 * Self.beat)
    wheel.add(3, expiresAt: 2000 * Self.beat)
    #expect(due(&wheel, now: 0) == [])
    #expect(due(&wheel, now: 1000 * Self.beat) == [2])
    #expect(due(&wheel, now: .max) == [3])
  }
}
