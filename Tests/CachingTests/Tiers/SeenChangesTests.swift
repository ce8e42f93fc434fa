import InMemoryAdapter
import NIOCore
import PortContracts
import Synchronization
import Testing

@testable import Caching

/// Two instances and one store. One changes a venue and a price; the store knows of it already and the instance not yet that it
/// does, and meanwhile the other has stored what is new.
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
    var options = SharedTierOptions()
    options.channel = nil
    options.localTimeToLive = .seconds(10)
    options.readLimit = .seconds(60)
    options.writeLimit = .seconds(60)
    var (slow, patient) = (CacheEnvironment(ticker: clock, wallClock: clock), CacheEnvironment(ticker: clock))
    let (readIsHeld, readGoes) = (readIsHeld, readGoes)
    let (bumpIsDone, bumpIsTold) = (bumpIsDone, bumpIsTold)
    let hasBegun = Mutex(false)
    slow.sleep = { delay in
      switch delay {
      case Self.ofRead:
        readIsHeld.open()
        try await readGoes.wait()
      case Self.ofBump:
        // On its way to the store, then on its way back.
        let isDone = hasBegun.withLock { begun in
          defer { begun = true }
          return begun
        }
        guard isDone else { return }
        bumpIsDone.open()
        try await bumpIsTold.wait()
      default: try await Task.sleep(for: delay)
      }
    }
    let patience = options.changePatience
    // Time alone shows nothing here.
    patient.sleep = { try await Task.sleep(for: $0 == patience ? .seconds(3600) : $0) }
    patient.wallClock = clock
    let store = InMemoryCacheStore(ticker: clock)
    link = ChaosStore(store, seed: 1, environment: slow)
    writer = CacheService(shared: link, options: options, environment: patient)
    other = CacheService(shared: store, options: options, environment: patient)
  }

  private func read(_ service: CacheService, _ key: CacheKey, _ text: String) async throws -> String? {
    try await service.getOrSet(key, as: String.self, policy: .forever) { Loaded(text) }?.value()
  }

  /// Runs `body` while the store knows of the change and the writer does not.
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
