import CLibPQ
import Glibc

/// Whether the event loop's thread, when it is woken, interrupts a thread that runs or waits its turn.
///
/// Linux lets it interrupt, which is what few callers want: their answer waits for nobody. With many on a machine that is
/// busy each answer would be handed over alone, at the cost of two changes of thread. Of class `SCHED_BATCH` (sched(7)) the
/// thread finds many at once.
///
/// It is of that class while it sleeps, since threads that it starts (those of Dispatch, when it wakes a task) are of its
/// own class for good. A thread that was started in another class than the usual one is left in it: whoever started the process
/// chose that. A system that refuses leaves the thread as it is, which costs time alone.
struct WakeUpPolicy {
  /// Exchanges under way from which on it waits its turn, and down to which it goes on to.
  private static let crowd = (enter: 8, leave: 3)

  /// Whether the thread that made this is of the usual class.
  private let mayChange = sched_getscheduler(0) == SCHED_OTHER
  private var waitsItsTurn = false

  /// Adapts to how many exchanges are under way.
  mutating func adapt(underWay count: Int) {
    waitsItsTurn = mayChange && count >= (waitsItsTurn ? Self.crowd.leave : Self.crowd.enter)
  }

  /// To be called before the thread sleeps.
  func fallAsleep() { set(SCHED_BATCH) }

  /// To be called after that, before ``adapt(underWay:)``.
  func wakeUp() { set(SCHED_OTHER) }

  private func set(_ policy: Int32) {
    guard waitsItsTurn else { return }
    var priority = sched_param()
    sched_setscheduler(0, policy, &priority)
  }
}
