import Synchronization

/// Whether the process welcomes requests. Dependencies that are out of reach do not change it.
package final class Readiness: Sendable {
  /// Where the process stands in its life.
  package enum Phase: String, Sendable {
    case starting
    case ready
    case draining
  }

  private let current = Mutex(Phase.starting)

  package init() {}

  /// Where the process stands.
  package var phase: Phase { current.withLock { $0 } }

  /// The process can serve. A process that is draining stays so.
  package func becomeReady() { current.withLock { if $0 == .starting { $0 = .ready } } }

  /// The process is going to stop.
  package func drain() { current.withLock { $0 = .draining } }
}
