import CLibPQ
import Glibc

/// Whether the event loop's thread, when it is woken, interrupts a thread that runs or waits its turn.
///
/// Linux lets it interrupt, which is what few callers want: their answer waits for nobody. With many on a machine that is
/// busy each answer would be handed over alone, at the cost of two changes of thread. Of class `SCHED_BATCH` (sched(7)) the
/// thread finds many at once.
struct WakeUpPolicy {
  /// Exchanges under way from which on it waits its turn, and down to which it goes on to.
  private static let crowd = (enter: 8, leave: 3)

  private(set) var waitsItsTurn = false

  /// Adapts the calling thread. A system that refuses leaves it as it is, which costs time alone.
  mutating func adapt(underWay count: Int) {
    let shouldWait = count >= (waitsItsTurn ? Self.crowd.leave : Self.crowd.enter)
    guard shouldWait != waitsItsTurn else { return }
    waitsItsTurn = shouldWait
    var priority = sched_param()
    sched_setscheduler(0, shouldWait ? SCHED_BATCH : SCHED_OTHER, &priority)
  }
}
