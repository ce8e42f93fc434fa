import InMemoryAdapter
import NIOCore
import PortContracts
import Synchronization
import Testing

@testable import Caching

/// What a load of these tests brings: held up until the test lets it go on, and counted.
private final class HeldLoad: Sendable {
  struct Failure: Error, Equatable {}

  let gate = Checkpoint()
  let reached = Checkpoint()
  private let loads = Atomic<Int>(0)
  private let fails = Atomic<Bool>(false)

  var count: Int { loads.load(ordering: .relaxed) }

  func fail(_ fails: Bool) { self.fails.store(fails, ordering: .relaxed) }

  func load() async throws -> Loaded<String>? {
    loads.add(1, ordering: .relaxed)
    reached.open()
    try await gate.wait()
    if fails.load(ordering: .relaxed) { throw Failure() }
    return Loaded("value")
  }
}

@Suite("Many callers of one key", .serialized, .timeLimit(.minutes(5)))
struct StampedeTests {
  private static let counts = [10, 100, 1000, 10_000]
  private let key = CacheKey("n", .platform, "hot", tags: ["venue"])

  private func read(
    _ service: CacheService, _ held: HeldLoad, _ policy: CachePolicy = .forever
  ) async throws -> String? {
    try await service.getOrSet(key, as: String.self, policy: policy) { try await held.load() }?.value()
  }

  /// How callers ended. Counted, since one expectation for each of ten thousand takes minutes.
  private struct Tally: Equatable {
    var values = 0
    var failures = 0
    var cancellations = 0
    var strange = 0
  }

  private func tally(_ callers: [Task<String?, any Error>]) async -> Tally {
    var tally = Tally()
    for caller in callers {
      switch await caller.result {
      case .success("value"): tally.values += 1
      case .failure(is HeldLoad.Failure): tally.failures += 1
      case .failure(is CancellationError): tally.cancellations += 1
      default: tally.strange += 1
      }
    }
    return tally
  }

  @Test("All are answered by one load, whatever the tiers", arguments: TierMix.allCases, counts)
  func oneLoad(_ mix: TierMix, _ count: Int) async throws {
    let (service, held) = (mix.service(ManualClock()), HeldLoad())
    let callers = (0..<count).map { _ in Task { try await read(service, held) } }
    try await eventually("all have come") { service.getStats().coalesced == count - 1 }
    held.gate.open()
    #expect(await tally(callers) == Tally(values: count))
    #expect(held.count == 1)
    #expect(service.getStats().loads == 1)
  }

  @Test("When half of them are cancelled the load goes on for the others", arguments: TierMix.allCases, counts)
  func cancelled(_ mix: TierMix, _ count: Int) async throws {
    let (service, held) = (mix.service(ManualClock()), HeldLoad())
    let first = Task { try await read(service, held) }
    try await held.reached.wait()
    let followers = (1..<count).map { _ in Task { try await read(service, held) } }
    try await eventually("all have come") { service.getStats().coalesced == count - 1 }
    // The one who began the load among them.
    let callers = [first] + followers
    for number in stride(from: 0, to: count, by: 2) { callers[number].cancel() }
    let cancelled = await tally(callers.enumerated().filter { $0.offset % 2 == 0 }.map(\.element))
    #expect(cancelled == Tally(cancellations: (count + 1) / 2))
    held.gate.open()
    let others = await tally(callers.enumerated().filter { $0.offset % 2 == 1 }.map(\.element))
    #expect(others == Tally(values: count / 2))
    #expect(held.count == 1)
  }

  @Test(
    "A load that throws gives all its callers the error, and the next one loads again", arguments: TierMix.allCases,
    counts)
  func failing(_ mix: TierMix, _ count: Int) async throws {
    let (service, held) = (mix.service(ManualClock()), HeldLoad())
    held.fail(true)
    let callers = (0..<count).map { _ in Task { try await read(service, held) } }
    try await eventually("all have come") { service.getStats().coalesced == count - 1 }
    held.gate.open()
    #expect(await tally(callers) == Tally(failures: count))
    #expect(held.count == 1)
    held.fail(false)
    #expect(try await read(service, held) == "value")
    #expect(held.count == 2)
  }

  @Test(
    "Where there is a value past its time, a load that throws gives all its callers that", arguments: TierMix.allCases,
    counts)
  func stale(_ mix: TierMix, _ count: Int) async throws {
    let clock = ManualClock()
    let service = mix.service(clock)
    let policy = CachePolicy(timeToLive: .seconds(1), jitter: 0, staleGrace: .seconds(100))
    let early = HeldLoad()
    early.gate.open()
    #expect(try await read(service, early, policy) == "value")
    clock.advance(by: .seconds(2))
    let held = HeldLoad()
    held.fail(true)
    let callers = (0..<count).map { _ in Task { try await read(service, held, policy) } }
    try await eventually("all have come") { service.getStats().coalesced == count - 1 }
    held.gate.open()
    #expect(await tally(callers) == Tally(values: count))
    #expect(held.count == 1)
    #expect(service.getStats().staleServes > 0)
    #expect(try await read(service, held, policy) == "value")
    #expect(held.count == 2)
  }

  @Test("While a change is under way, all who come during a load share the next", arguments: TierMix.allCases, counts)
  func inDoubt(_ mix: TierMix, _ count: Int) async throws {
    let (service, held) = (mix.service(ManualClock()), HeldLoad())
    try await service.change([.named("venue", .platform)]) {
      let first = Task { try await read(service, held) }
      try await held.reached.wait()
      let followers = (1..<count).map { _ in Task { try await read(service, held) } }
      try await eventually("all have come") { service.getStats().coalesced == count - 2 }
      #expect(held.count == 1)
      held.gate.open()
      #expect(await tally([first] + followers) == Tally(values: count))
      #expect(held.count == 2)
      return .unchanged(())
    }
  }

  @Test("When all who wait for a load during a change have gone, the next begins though that one does not end")
  func deserted() async throws {
    let service = TierMix.memory.service(ManualClock())
    let (stuck, free) = (HeldLoad(), HeldLoad())
    free.gate.open()
    try await service.change([.named("venue", .platform)]) {
      let first = Task { try await read(service, stuck) }
      try await stuck.reached.wait()
      let second = Task { try await read(service, free) }
      first.cancel()
      #expect(await tally([first, second]) == Tally(values: 1, cancellations: 1))
      return .unchanged(())
    }
  }

  @Test("Four instances with one store load once", arguments: counts)
  func instances(_ count: Int) async throws {
    let clock = ManualClock()
    let store = InMemoryCacheStore(ticker: clock)
    let options = SharedTierOptions.patient
    let services = (0..<4).map { _ in
      CacheService(
        shared: store, options: options, environment: CacheEnvironment(ticker: clock, wallClock: clock))
    }
    let held = HeldLoad()
    let callers = (0..<count).map { number in Task { try await read(services[number % 4], held) } }
    try await eventually("all have come") {
      services.reduce(0) { $0 + $1.getStats().coalesced } == count - 4
    }
    try await held.reached.wait()
    held.gate.open()
    #expect(await tally(callers) == Tally(values: count))
    #expect(held.count == 1)
  }
}
