import PortContracts
import Synchronization

/// One schedule from its seed.
enum Simulation {
  struct Outcome: Sendable {
    let seed: UInt64
    let digest: UInt64
    let steps: Int
    let slowest: UInt64
    let violations: [History.Violation]
    let trace: [String]
  }

  private static let mostSteps = 2_000_000

  static func run(_ seed: UInt64, flaw: ModelStore.Flaw? = nil, isTracing: Bool = false) -> Outcome {
    let world = World(Plan(seed: seed), flaw: flaw, isTracing: isTracing)
    return withExtendedLifetime(world) {
      let flag = Flag()
      world.director.start {
        await world.direct()
        flag.raise()
      }
      world.scheduler.run(most: mostSteps) { flag.isRaised || world.now > 300_000_000_000 }
      if !flag.isRaised {
        let calls = world.state.withLock { $0.outstanding.sorted { $0.key < $1.key }.map(\.value) }
        world.history.report(.hang, "never ended, with \(calls)")
      }
      if world.scheduler.hasEscaped { world.history.report(.hang, "a task ran outside the simulation") }
      checkLoads(world)
      let outcome = Outcome(
        seed: seed, digest: world.scheduler.digest, steps: world.scheduler.steps,
        slowest: world.state.withLock(\.slowest),
        violations: world.history.violations.filter { $0.rule.isPromised(in: world.plan) }, trace: world.scheduler.trace
      )
      for machine in 0..<world.plan.nodes { world.scheduler.wake(machine) }
      world.store.endSubscriptions()
      world.scheduler.drain()
      return outcome
    }
  }

  /// While all is well, one load for each key and generation, and one more for each value that a fence refused.
  private static func checkLoads(_ world: World) {
    guard world.plan.isOrderly else { return }
    let loads = world.state.withLock(\.loads)
    for (load, count) in loads.sorted(by: { $0.key.subject < $1.key.subject }) where load.subject >= 0 && count > 1 {
      let subject = Subjects.all[load.subject]
      guard subject.policy.timeToLive == nil, subject.kind == .guarded,
        count > 1 + world.store.refusals(subject.key)
      else { continue }
      world.history.report(.loads, "\(count) loads of \(load.subject) under \(load.nonces)")
    }
  }
}

/// Raised once.
final class Flag: Sendable {
  private let raised = Atomic<Bool>(false)
  var isRaised: Bool { raised.load(ordering: .acquiring) }
  func raise() { raised.store(true, ordering: .releasing) }
}
