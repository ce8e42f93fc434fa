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

  private func service() -> CacheService {
    var options = SharedTierOptions()
    options.channel = nil
    options.localTimeToLive = .seconds(10)
    options.readLimit = .seconds(60)
    options.writeLimit = .seconds(60)
    return CacheService(
      shared: store, options: options, environment: CacheEnvironment(ticker: clock, wallClock: clock))
  }

  private func read(_ service: CacheService, loading text: String) async throws -> Cached<Offer> {
    try #require(
      try await service.getOrSet(key, as: Offer.self, policy: policy) {
        Loaded(Offer(String(repeating: text, count: 400)))
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

  @Test("What another instance has put in its place is taken from the store")
  func other() async throws {
    let (service, other) = (service(), service())
    let first = try await read(service, loading: "good ")
    try await other.change([.named("venue", .platform)]) { .committed(()) }
    let newer = try await read(other, loading: "better ")
    clock.advance(by: .seconds(11))
    let again = try await read(service, loading: "never ")
    #expect(again.entry.entityTag == newer.entry.entityTag && again.entry.entityTag != first.entry.entityTag)
    #expect(try again.value().text.hasPrefix("better "))
  }
}

extension ByteBuffer {
  /// Where its readable bytes stand.
  fileprivate var address: Int { withUnsafeReadableBytes { Int(bitPattern: $0.baseAddress) } }
}
