package import Kernel
import Synchronization

/// A clock that is wrong: off by a constant, and set forwards or backwards at any time, as clocks of machines are. Its ticks
/// only go forward.
package final class ChaosClock: WallClock, Ticker {
  private let wall: any WallClock
  private let ticker: any Ticker
  private let offset: Atomic<Int64>
  private let leap = Atomic<UInt64>(0)

  /// A clock beside others that are right.
  /// - Parameter offset: how far it goes ahead of them, in milliseconds.
  package init(_ wall: any WallClock, _ ticker: any Ticker, offset: Int64 = 0) {
    self.wall = wall
    self.ticker = ticker
    self.offset = Atomic(offset)
  }

  package func now() -> Timestamp {
    Timestamp(milliseconds: max(0, wall.now().milliseconds + offset.load(ordering: .relaxed)))
  }

  package func nanoseconds() -> UInt64 { ticker.nanoseconds() + leap.load(ordering: .relaxed) }

  /// Sets the time of day forwards or backwards.
  package func setBack(byMilliseconds milliseconds: Int64) { offset.subtract(milliseconds, ordering: .relaxed) }

  /// Moves the ticks forward, as a machine does that was suspended.
  package func leapForward(by duration: Duration) { leap.add(UInt64(duration / .nanoseconds(1)), ordering: .relaxed) }
}
