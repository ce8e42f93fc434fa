import Dispatch
import Synchronization

/// Threads for the calls of libpq and the C library that block: cancel requests and name look-ups.
///
/// At most 32 run at once. A server that is frozen can hold each of them until it is gone.
final class BlockingCalls: Sendable {
  private let queue = DispatchQueue(label: "postgres.blocking", attributes: .concurrent)
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
    queue.async {
      body()
      self.running.withLock { $0 -= 1 }
    }
    return true
  }
}
