import InMemoryAdapter
import NIOCore
import PortContracts
import Synchronization
import Testing

@testable import Caching

/// Nobody gets something older than another reader of the same instance got before him (decision 22), not even in the moment
/// between the store's learning of a change and its answer to the writer.
///
/// Two instances share a store. One changes venue and price together and is held up just there: the store has bumped both, its
/// answer is still on the way. Meanwhile the other stores the new venue. Once the writer has given that to a reader, it must
/// not serve the old price, which it has in memory.
@Suite("Changes that are seen in the shared store before they are settled", .timeLimit(.minutes(1)))
struct SeenChangesTests {
  private static let ofRead = Duration.milliseconds(7)
  private static let ofBump = Duration.milliseconds(11)

  private let clock = ManualClock()
  private let link: ChaosStore
  private let writer: CacheService
  private let other: CacheService
  private let readIsHeld = Checkpoint()
  private let readGoes = Checkpoint()
  private let bumpIsDone = Checkpoint()
  private let bumpIsTold = Checkpoint()
  private let venue = CacheKey("n", .platform, "venue", tags: ["venue"])
  private let price = CacheKey("n", .platform, "price", tags: ["price"])

  init() {
    var options = SharedTierOptions.patient
    // A claim is given back in a task of its own, which would be held up in place of what is meant.
    options.locksLoads = false
    options.localTimeToLive = .seconds(10)
    let environment = CacheEnvironment(ticker: clock, wallClock: clock)
    var (slow, patient) = (environment, environment)
    let (readIsHeld, readGoes) = (readIsHeld, readGoes)
    let (bumpIsDone, bumpIsTold) = (bumpIsDone, bumpIsTold)
    let isBumpSent = Atomic(false)
    slow.sleep = { delay in
      switch delay {
      case Self.ofRead:
        readIsHeld.open()
        try await readGoes.wait()
      case Self.ofBump:
        // First on its way to the store, where nothing holds it up, then on its way back.
        guard isBumpSent.exchange(true, ordering: .relaxed) else { return }
        bumpIsDone.open()
        try await bumpIsTold.wait()
      default: try await Task.sleep(for: delay)
      }
    }
    let patience = options.changePatience
    // Or the change would be revealed by time alone.
    patient.sleep = { try await Task.sleep(for: $0 == patience ? .seconds(3600) : $0) }
    let store = InMemoryCacheStore(ticker: clock)
    link = ChaosStore(store, seed: 1, environment: slow)
    writer = CacheService(shared: link, options: options, environment: patient)
    other = CacheService(shared: store, options: options, environment: patient)
  }

  private func read(_ service: CacheService, _ key: CacheKey, _ text: String) async throws -> String? {
    try await service.getOrSet(key, as: String.self, policy: .forever) { Loaded(text) }?.value()
  }

  /// Runs `body`, which is to read the new venue, while the writer's change is held up.
  private func changing(_ body: () async throws -> Void) async throws {
    async let change: Void = writer.change([.named("venue", .platform), .named("price", .platform)]) {
      link.odds.delay = Self.ofBump...Self.ofBump
      return .committed(())
    }
    try await bumpIsDone.wait()
    link.odds.delay = .zero ... .zero
    #expect(try await read(other, venue, "new") == "new")
    #expect(writer.peek(price) != nil, "nothing has shown the change here")
    try await body()
    #expect(writer.peek(price) == nil, "older than what was given")
    #expect(try await read(writer, price, "new") == "new")
    bumpIsTold.open()
    try await change
    #expect(try await read(writer, price, "new") == "new")
  }

  @Test("Who copies the new value ends what is older in memory, under all tags of the change")
  func copied() async throws {
    #expect(try await read(writer, price, "old") == "old")
    try await changing {
      #expect(await writer.get(venue, as: String.self) == "new")
    }
  }

  @Test("So does a look that was sent before the change began")
  func looked() async throws {
    #expect(try await read(writer, venue, "old") == "old")
    clock.advance(by: .seconds(11))
    #expect(try await read(writer, price, "old") == "old")
    let glance = try #require(writer.glance(at: venue, policy: .forever))
    let seen = Mutex<CacheEntry?>(nil)
    let hasCome = Checkpoint()
    link.odds.delay = Self.ofRead...Self.ofRead
    let isSent = glance.look { entry in
      seen.withLock { $0 = entry }
      hasCome.open()
    }
    #expect(isSent)
    try await readIsHeld.wait()
    link.odds.delay = .zero ... .zero
    try await changing {
      readGoes.open()
      try await hasCome.wait()
      #expect(seen.withLock { $0 }.map { String(buffer: $0.body) } == "\"new\"")
    }
  }
}
