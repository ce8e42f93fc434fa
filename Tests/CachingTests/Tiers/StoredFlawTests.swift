import InMemoryAdapter
import NIOCore
import PortContracts
import Testing

@testable import Caching

@Suite("Values in the shared store that cannot be used", .timeLimit(.minutes(2)))
struct StoredFlawTests {
  /// What is wrong with a stored value, and as what it must be counted.
  enum Fault: String, CaseIterable, Sendable {
    case bombBeyondItsLength, bombBeyondTheLimit, truncated, extended, flippedBody, flippedHeader, version, stranger,
      empty

    var flaw: Envelope.Flaw {
      switch self {
      case .bombBeyondItsLength, .flippedBody, .flippedHeader: .corrupt
      case .bombBeyondTheLimit: .oversized
      case .truncated, .extended: .truncated
      case .version, .stranger, .empty: .foreign
      }
    }

    /// Spoils good bytes.
    func spoil(_ good: ByteBuffer) throws -> ByteBuffer {
      var bytes = good
      switch self {
      case .bombBeyondItsLength, .bombBeyondTheLimit:
        let zeros = ByteBuffer(repeating: 0, count: 16 << 20)
        var envelope = try Envelope(good)
        envelope.flags.insert(.gzip)
        envelope.payload = try #require(GzipEncoder().compress(zeros))
        envelope.bodyLength = self == .bombBeyondTheLimit ? 16 << 20 : 1000
        return envelope.encoded()
      case .truncated: return bytes.readSlice(length: bytes.readableBytes - 1) ?? bytes
      case .extended: bytes.writeInteger(UInt8(0))
      case .flippedBody: bytes.flip(at: bytes.readableBytes - 2)
      case .flippedHeader: bytes.flip(at: 12)
      case .version: bytes.setInteger(UInt8(1), at: 2)
      case .stranger:
        return ByteBuffer(string: "{\"name\":\"not one of ours\",\"padding\":\"\(String(repeating: "x", count: 90))\"}")
      case .empty: return ByteBuffer()
      }
      return bytes
    }
  }

  private let clock = ManualClock()
  private let key = CacheKey("n", .platform, "a", tags: ["venue"])

  private func service(_ store: InMemoryCacheStore) -> CacheService {
    let options = SharedTierOptions.patient
    return CacheService(
      shared: store, options: options, environment: CacheEnvironment(ticker: clock, wallClock: clock))
  }

  @Test("Each is a miss, counted by what is wrong and deleted, and the value is loaded anew", arguments: Fault.allCases)
  func spoiled(_ fault: Fault) async throws {
    let store = InMemoryCacheStore(ticker: clock)
    try await service(store).set(key, to: "good", policy: .forever)
    let good = try #require(try await store.get(key))
    try await store.set(key, try fault.spoil(good))

    let reader = service(store)
    #expect(await reader.get(key, as: String.self) == nil)
    #expect(reader.getStats().shared?.flaws.filter { $0.value > 0 } == [fault.flaw.rawValue: 1])
    #expect(reader.getStats().hits == 0)
    try await eventually("it is deleted") { try await store.get(key) == nil }

    let found = try await reader.getOrSet(key, as: String.self, policy: .forever) { Loaded("anew") }
    #expect(try found?.value() == "anew")
    #expect(await service(store).get(key, as: String.self) == "anew")
  }

  @Test("No flipped bit anywhere in a stored value brings another value")
  func everyBit() async throws {
    let store = InMemoryCacheStore(ticker: clock)
    try await service(store).set(key, to: "good", policy: .forever)
    let good = try #require(try await store.get(key))
    for bit in 0..<good.readableBytes * 8 {
      var bytes = good
      bytes.flip(at: bit / 8, bit: bit % 8)
      try await store.set(key, bytes)
      let found = await service(store).get(key, as: String.self)
      #expect(found == nil, "bit \(bit)")
    }
  }
}

extension ByteBuffer {
  /// Turns one bit over.
  fileprivate mutating func flip(at index: Int, bit: Int = 0) {
    let byte = getInteger(at: readerIndex + index, as: UInt8.self) ?? 0
    setInteger(byte ^ (1 << bit), at: readerIndex + index)
  }
}
