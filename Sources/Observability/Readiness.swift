import Synchronization

/// Whether the process welcomes requests. Dependencies that are out of reach do not change it.
package final class Readiness: Sendable {
  /// Where the process stands in its life.
  package enum Phase: String, Sendable {
    case starting
    case ready
    case draining
  }

  private let isReady = Atomic(false)
  private let hasToStop = Atomic(false)

  package init() {}

  /// Where the process stands. Two atomic loads, since every request asks.
  package var phase: Phase {
    if isDraining { return .draining }
    return isReady.load(ordering: .acquiring) ? .ready : .starting
  }

  /// Whether the process is going to stop.
  package var isDraining: Bool { hasToStop.load(ordering: .relaxed) }

  /// The process can serve. A process that is draining stays so.
  package func becomeReady() { isReady.store(true, ordering: .releasing) }

  /// The process is going to stop.
  package func drain() { hasToStop.store(true, ordering: .relaxed) }
}
