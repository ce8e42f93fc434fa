import Foundation
import PortContracts
import Testing

/// See docs/caching/simulation.md.
@Suite("The caching core in simulated worlds", .serialized)
struct CachingSimulationTests {
  private static func setting(_ name: String, _ standard: UInt64) -> UInt64 {
    ProcessInfo.processInfo.environment[name].flatMap { UInt64($0) } ?? standard
  }

  @Test("A schedule can be repeated exactly from its seed", arguments: UInt64(0)..<24)
  func repeatable(_ seed: UInt64) {
    let first = Simulation.run(seed)
    let second = Simulation.run(seed, isTracing: true)
    #expect(first.digest == second.digest)
    #expect(first.steps == second.steps)
    #expect(!second.trace.isEmpty)
  }

  @Test("No schedule breaks what the cache promises")
  func schedules() async {
    let first = Self.setting("TENANTRY_SIMULATION_SEED", 0)
    let count = Self.setting("TENANTRY_SIMULATION_SCHEDULES", 10000)
    let (failures, run) = await SeedRuns.run(first..<first + count) { Simulation.run($0) }
    for failure in failures {
      let again = Simulation.run(failure.seed, isTracing: true)
      let text = again.violations.map(\.description) + ["\(Plan(seed: failure.seed))"] + again.trace
      Issue.record("seed \(failure.seed)\n\(text.joined(separator: "\n"))")
    }
    #expect(run == Int(count) || !failures.isEmpty)
  }

  @Test(
    "A store that lacks a guarantee of its port is found out",
    arguments: [ModelStore.Flaw.keepsGenerations, .bumpsNothing])
  func flaws(_ flaw: ModelStore.Flaw) async {
    let (failures, run) = await SeedRuns.run(0..<5000, mostFailures: 1) { Simulation.run($0, flaw: flaw) }
    #expect(!failures.isEmpty, "\(run) schedules did not show it")
  }
}
