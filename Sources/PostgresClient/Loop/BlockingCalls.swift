import Dispatch
import Synchronization

/// Threads for one kind of call of libpq or the C library that blocks: cancel requests, or name look-ups.
///
/// At most 32 run at once. A server that is frozen can hold each cancel request until it is gone; the look-ups that find the
/// server that takes its place are counted apart for that.
final class BlockingCalls: Sendable {
  private let running = Mutex(0)
  private let limit = 32

  /// Runs `body` on a thread of its own; refuses, with false, when too many run.
  func run(_ body: @escaping @Sendable () -> Void) -> Bool {
    let mayRun = running.withLock { running in
      guard running < limit else { return false }
      running += 1
      return true
    }
    guard mayRun else { return false }
    // A serial queue gets a thread at once. Concurrent ones share as many as there are processors, which blocked calls keep.
    DispatchQueue(label: "postgres.blocking").async {
      body()
      self.running.withLock { $0 -= 1 }
    }
    return true
  }
}
