import Foundation
import Synchronization

/// Runs schedules on threads of their own, each from beginning to end on one.
final class SeedRuns: Sendable {
  private struct State {
    var next: UInt64
    var running: Int
    var failures: [Simulation.Outcome] = []
    var count = 0
    var done: CheckedContinuation<Void, Never>?
  }

  private let state: Mutex<State>
  private let end: UInt64
  private let mostFailures: Int
  private let body: @Sendable (UInt64) -> Simulation.Outcome

  private init(
    _ seeds: Range<UInt64>, threads: Int, mostFailures: Int, _ body: @escaping @Sendable (UInt64) -> Simulation.Outcome
  ) {
    state = Mutex(State(next: seeds.lowerBound, running: threads))
    end = seeds.upperBound
    self.mostFailures = mostFailures
    self.body = body
  }

  /// The outcomes with violations, and how many schedules were run.
  static func run(
    _ seeds: Range<UInt64>, mostFailures: Int = 3, _ body: @escaping @Sendable (UInt64) -> Simulation.Outcome
  ) async -> (failures: [Simulation.Outcome], count: Int) {
    let threads = max(1, ProcessInfo.processInfo.activeProcessorCount)
    let runs = SeedRuns(seeds, threads: threads, mostFailures: mostFailures, body)
    await withCheckedContinuation { done in
      runs.state.withLock { $0.done = done }
      for _ in 0..<threads {
        let thread = Thread { runs.work() }
        thread.stackSize = 8 << 20
        thread.start()
      }
    }
    return runs.state.withLock { ($0.failures.sorted { $0.seed < $1.seed }, $0.count) }
  }

  private func work() {
    while let seed = take() {
      let outcome = body(seed)
      state.withLock { state in
        state.count += 1
        if !outcome.violations.isEmpty { state.failures.append(outcome) }
      }
    }
    let done = state.withLock { state in
      state.running -= 1
      return state.running == 0 ? state.done : nil
    }
    done?.resume()
  }

  private func take() -> UInt64? {
    state.withLock { state in
      guard state.next < end, state.failures.count < mostFailures else { return nil }
      defer { state.next += 1 }
      return state.next
    }
  }
}
