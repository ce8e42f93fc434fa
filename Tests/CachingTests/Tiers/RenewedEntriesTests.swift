import InMemoryAdapter
import NIOCore
import PortContracts
import Synchronization
import Testing

@testable import Caching

@Suite("Entries in memory that are compared with the store", .serialized, .timeLimit(.minutes(2)))
struct RenewedEntriesTests {
  /// A value that counts how often it was decoded.
  private struct Offer: Codable, Sendable {
    static let decoded = Atomic<Int>(0)

    let text: String

    init(_ text: String) { self.text = text }

    init(from decoder: any Decoder) throws {
      Self.decoded.add(1, ordering: .relaxed)
      text = try decoder.container(keyedBy: CodingKeys.self).decode(String.self, forKey: .text)
    }

    private enum CodingKeys: CodingKey { case text }
  }

  private let clock = ManualClock()
  private let store: InMemoryCacheStore
  private let key = CacheKey("n", .platform, "a", tags: ["venue"])
  private let policy: CachePolicy = {
    var policy = CachePolicy.forever
    policy.keepsValue = true
    return policy
  }()

  init() { store = InMemoryCacheStore(ticker: clock) }

  private func service(_ link: (any FenceStorePort)? = nil) -> CacheService {
    var options = SharedTierOptions.patient
    options.locksLoads = false
    options.localTimeToLive = .seconds(10)
    return CacheService(
      shared: link ?? store, options: options, environment: CacheEnvironment(ticker: clock, wallClock: clock))
  }

  private func read(_ service: CacheService, loading text: String, times: Int = 400) async throws -> Cached<Offer> {
    try #require(
      try await service.getOrSet(key, as: Offer.self, policy: policy) {
        Loaded(Offer(String(repeating: text, count: times)))
      })
  }

  @Test("One that the store has too keeps its bytes and its value: nothing is decompressed or decoded")
  func same() async throws {
    let service = service()
    let first = try await read(service, loading: "good ")
    let before = Offer.decoded.load(ordering: .relaxed)
    for _ in 0..<3 {
      clock.advance(by: .seconds(11))
      #expect(service.valid(key) == nil)
      let again = try await read(service, loading: "never ")
      #expect(again.entry.body.address == first.entry.body.address)
      #expect(again.entry.gzip?.address == first.entry.gzip?.address && again.entry.gzip != nil)
      #expect(try again.value().text == first.value().text)
      clock.advance(by: .seconds(11))
      #expect(await service.get(key, as: Offer.self)?.text == (try first.value().text))
      #expect(service.valid(key)?.body.address == first.entry.body.address)
    }
    #expect(Offer.decoded.load(ordering: .relaxed) == before)
    #expect(service.getStats().loads == 1)
    #expect(service.getStats().shared?.hits == 6)
  }

  @Test("What another instance has put in its place is taken from the store", arguments: [1, 400], [1, 400])
  func other(before: Int, after: Int) async throws {
    let (service, other) = (service(), service())
    let first = try await read(service, loading: "good ", times: before)
    // Under the same generations, with a gzip form or without.
    try await other.set(key, to: Offer(String(repeating: "fine ", count: after)), policy: policy)
    clock.advance(by: .seconds(11))
    let again = try await read(service, loading: "never ")
    #expect(again.entry.bodyLength == first.entry.bodyLength || before != after)
    #expect(again.entry.entityTag != first.entry.entityTag)
    #expect(try again.value().text.hasPrefix("fine "))
    #expect(try CacheCodec.decode(Offer.self, from: again.entry.body).text == again.value().text)
    #expect(service.getStats().loads == 1)
  }

  @Test("A copy that was read before a load of this instance stored something newer is given and not kept")
  func copied() async throws {
    let (isRead, goes) = (Checkpoint(), Checkpoint())
    let isFirst = Atomic(true)
    var environment = CacheEnvironment(ticker: clock, wallClock: clock)
    let wait = Duration.milliseconds(7)
    environment.sleep = { delay in
      guard delay == wait else { return try await Task.sleep(for: delay) }
      // On its way to the store nothing holds it up.
      if isFirst.exchange(false, ordering: .relaxed) { return }
      isRead.open()
      try await goes.wait()
    }
    let link = ChaosStore(store, seed: 1, environment: environment)
    let service = service(link)
    _ = try await read(service, loading: "good ")
    clock.advance(by: .seconds(11))
    link.odds.delay = wait...wait
    async let copy = service.get(key, as: Offer.self)
    try await isRead.wait()
    link.odds.delay = .zero ... .zero
    var policy = policy
    policy.skipsRead = true
    let newer = try await service.getOrSet(key, as: Offer.self, policy: policy) { Loaded(Offer("newer")) }
    goes.open()
    #expect(await copy?.text.hasPrefix("good ") == true)
    #expect(service.valid(key)?.entityTag == newer?.entry.entityTag)
  }

  @Test("A value whose time is over before the store has answered leaves nothing, not even what was there before")
  func late() async throws {
    var environment = CacheEnvironment(ticker: clock, wallClock: clock)
    environment.sleep = { [clock] _ in clock.advance(by: .seconds(5)) }
    let link = ChaosStore(store, seed: 1, environment: environment)
    let service = service(link)
    _ = try await read(service, loading: "good ")
    link.odds.delay = .milliseconds(7) ... .milliseconds(7)
    try await service.set(key, to: Offer("late"), policy: CachePolicy(timeToLive: .seconds(2)))
    link.odds.delay = .zero ... .zero
    #expect(await service.get(key, as: Offer.self) == nil)
    #expect(try await read(service, loading: "better ").value().text.hasPrefix("better "))
  }
}

extension ByteBuffer {
  /// Where its readable bytes stand.
  fileprivate var address: Int { withUnsafeReadableBytes { Int(bitPattern: $0.baseAddress) } }
}
