import NIOCore
import PortContracts
import Synchronization
import Testing

@testable import Caching

@Suite("Single flight", .timeLimit(.minutes(1)))
struct SingleFlightTests {
  private let generations = Generations()
  private let key = CacheKey("n", .platform, "a", tags: ["venue"])
  private let venue = CacheTag.named("venue", .platform)
  private let flights: SingleFlight
  private let published = Published()

  init() { flights = SingleFlight(generations: generations) }

  /// What flights have published, by body.
  private final class Published: Sendable {
    private let bodies = Mutex<[String]>([])
    var all: [String] { bodies.withLock { $0 } }
    func append(_ entry: CacheEntry) { bodies.withLock { $0.append(String(buffer: entry.body)) } }
  }

  private struct Failure: Error {}

  /// The body that a load of `key` gives, which waits for `gate` and tells `reached`.
  private func run(
    _ body: String, isKept: Bool = true, reached: Checkpoint? = nil, gate: Checkpoint? = nil
  ) async throws -> String {
    let stamp = generations.stamp(key.tags)
    let entry = try await flights.run(key, stamp: stamp) { _ in
      reached?.open()
      try await gate?.wait()
      let bytes = ByteBuffer(string: body)
      return Flight.Landing(
        entry: CacheEntry(
          name: key.text, body: bytes, gzip: nil, entityTag: EntityTag(of: bytes), isAbsent: false, value: nil,
          stamp: stamp,
          life: .forever(from: 0)),
        isKept: isKept)
    } publish: { [published] in
      if let entry = $0 { published.append(entry) }
    }
    return String(buffer: entry.body)
  }

  private func waitForJoined(_ count: Int) async throws {
    try await eventually("\(count) joined callers") { flights.coalesced.load(ordering: .relaxed) == count }
  }

  @Test("One who asks while a load runs is given its result, and it is published once")
  func join() async throws {
    let (reached, gate) = (Checkpoint(), Checkpoint())
    async let first = run("1", reached: reached, gate: gate)
    try await reached.wait()
    async let second = run("2")
    try await waitForJoined(1)
    gate.open()
    #expect(try await [first, second] == ["1", "1"])
    #expect(published.all == ["1"])
  }

  @Test("When a load has ended, the next caller begins another")
  func sequence() async throws {
    #expect(try await run("1") == "1")
    #expect(try await run("2") == "2")
    #expect(published.all == ["1", "2"])
    #expect(flights.coalesced.load(ordering: .relaxed) == 0)
  }

  @Test("One who asks after a bump begins a load of its own, and only that is published")
  func joinerAfterBump() async throws {
    let (reached, gate) = (Checkpoint(), Checkpoint())
    async let first = run("old", reached: reached, gate: gate)
    try await reached.wait()
    generations.bump([venue])
    #expect(try await within("the later caller") { try await run("new") } == "new")
    gate.open()
    #expect(try await first == "old")
    #expect(published.all == ["new"])
    #expect(flights.coalesced.load(ordering: .relaxed) == 0)
  }

  @Test("After a bump callers join the new load while the old one still runs")
  func joinNewLoad() async throws {
    let (oldReached, oldGate, newReached, newGate) = (Checkpoint(), Checkpoint(), Checkpoint(), Checkpoint())
    async let old = run("old", reached: oldReached, gate: oldGate)
    try await oldReached.wait()
    generations.bump([venue])
    async let new = run("new", reached: newReached, gate: newGate)
    try await newReached.wait()
    oldGate.open()
    #expect(try await old == "old")
    async let joined = run("never")
    try await waitForJoined(1)
    newGate.open()
    #expect(try await [new, joined] == ["new", "new"])
    #expect(published.all == ["new"])
  }

  @Test("The last cancelled caller cancels the load; those before it do not")
  func lastCancels() async throws {
    let (reached, gate, looked, ended) = (Checkpoint(), Checkpoint(), Checkpoint(), Checkpoint())
    let isCancelled = Mutex(true)
    let first = Task {
      _ = try await flights.run(key, stamp: generations.stamp(key.tags)) { _ in
        reached.open()
        try await gate.wait()
        isCancelled.withLock { $0 = Task.isCancelled }
        looked.open()
        defer { ended.open() }
        // Never opened: only cancellation ends the wait.
        try await Checkpoint().wait()
        throw Failure()
      } publish: { _ in
      }
    }
    try await reached.wait()
    let second = Task { try await run("never") }
    try await waitForJoined(1)
    first.cancel()
    await #expect(throws: CancellationError.self) { try await first.value }
    gate.open()
    try await within("the load's look at itself") { try await looked.wait() }
    #expect(!isCancelled.withLock { $0 })
    second.cancel()
    await #expect(throws: CancellationError.self) { try await second.value }
    try await within("the end of the load") { try await ended.wait() }
  }

  @Test("A load that nobody waits for is not joined, though it still runs")
  func abandoned() async throws {
    let (reached, gate) = (Checkpoint(), Checkpoint())
    let caller = Task {
      try await flights.run(key, stamp: generations.stamp(key.tags)) { _ in
        reached.open()
        // Heedless of cancellation.
        await Task { try? await gate.wait() }.value
        throw Failure()
      } publish: { _ in
      }
    }
    try await reached.wait()
    caller.cancel()
    await #expect(throws: CancellationError.self) { try await caller.value }
    #expect(try await within("the next caller") { try await run("new") } == "new")
    gate.open()
    #expect(published.all == ["new"])
  }

  @Test("A detached load answers its callers and is not published", arguments: [true, false])
  func detach(byKey: Bool) async throws {
    let (reached, gate) = (Checkpoint(), Checkpoint())
    async let first = run("1", reached: reached, gate: gate)
    try await reached.wait()
    if byKey { flights.detach(key) } else { flights.detach { $0 == key } }
    #expect(try await within("the later caller") { try await run("2") } == "2")
    gate.open()
    #expect(try await first == "1")
    #expect(published.all == ["2"])
  }

  @Test("Detaching other keys does not touch a load")
  func detachOthers() async throws {
    let (reached, gate) = (Checkpoint(), Checkpoint())
    async let first = run("1", reached: reached, gate: gate)
    try await reached.wait()
    flights.detach(CacheKey("n", .platform, "b"))
    flights.detach { $0 != key }
    gate.open()
    #expect(try await first == "1")
    #expect(published.all == ["1"])
  }

  @Test("A load whose tag changes or may change meanwhile answers its callers and is not published", arguments: 0..<2)
  func changed(kind: Int) async throws {
    let (reached, gate) = (Checkpoint(), Checkpoint())
    async let first = run("1", reached: reached, gate: gate)
    try await reached.wait()
    if kind == 0 { generations.bump([venue]) } else { _ = generations.raiseDoubt([venue]) }
    gate.open()
    #expect(try await first == "1")
    #expect(published.all.isEmpty)
  }

  @Test("What may not be kept is given and not published")
  func notKept() async throws {
    #expect(try await run("1", isKept: false) == "1")
    #expect(published.all.isEmpty)
  }

  @Test("A caller that is cancelled before it asks is let go, and its load is cancelled")
  func cancelledBefore() async throws {
    let caller = Task {
      do { try await Checkpoint().wait() } catch {}
      return try await run("1", gate: Checkpoint())
    }
    caller.cancel()
    await #expect(throws: CancellationError.self) { try await within("the caller") { try await caller.value } }
    #expect(try await run("2") == "2")
  }
}
