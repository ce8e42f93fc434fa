package import Kernel
import Synchronization

/// A clock that stands still until it is moved. Time of day and ticks move together.
package final class ManualClock: WallClock, Ticker {
  private let elapsed = Atomic<UInt64>(0)
  private let start: Timestamp

  /// A clock that shows `start` until it is moved.
  package init(at start: Timestamp = Timestamp(milliseconds: 1_800_000_000_000)) { self.start = start }

  package func now() -> Timestamp {
    Timestamp(milliseconds: start.milliseconds + Int64(nanoseconds() / 1_000_000))
  }

  package func nanoseconds() -> UInt64 { elapsed.load(ordering: .sequentiallyConsistent) }

  /// Moves the clock forward.
  package func advance(by duration: Duration) {
    elapsed.add(UInt64(duration.inSeconds * 1e9), ordering: .sequentiallyConsistent)
  }
}
