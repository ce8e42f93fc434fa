import Caching
import InMemoryAdapter
import Kernel
import NIOCore
import RedisAdapter
import RedisClient
import TestServers
import Testing

@Suite("Fences in Redis against a model", .timeLimit(.minutes(2)))
struct FenceModelTests {
  @Test("Whatever is done in whatever order, Redis and memory agree", arguments: 0..<8)
  func agreement(_ seed: UInt64) async throws {
    var random = SeededGenerator(seed: seed)
    let tenant = TenantID.fresh()
    let redis = RedisCacheStore(client: try await Topology.standalone.client())
    let memory = InMemoryCacheStore()
    let tags: [CacheTag] = [.all(.tenant(tenant)), .named("a", .tenant(tenant)), .named("b", .tenant(tenant))]
    let key = CacheKey("catalog", .tenant(tenant), "x")
    var names = NoncePairs()
    for step in 0..<150 {
      let chosen = tags.filter { _ in Bool.random(using: &random) }
      let change = UInt64.random(in: 1...4, using: &random)
      switch Int.random(in: 0..<6, using: &random) {
      case 0: try names.agree(try await redis.mint(chosen), try await memory.mint(chosen))
      case 1:
        try await redis.doubt(chosen, by: change, lease: .seconds(1000))
        try await memory.doubt(chosen, by: change, lease: .seconds(1000))
      case 2:
        let position = Bool.random(using: &random) ? UInt64.random(in: .min ... .max, using: &random) : nil
        try names.agree(
          try await redis.bump(chosen, by: change, position: position),
          try await memory.bump(chosen, by: change, position: position))
      case 3:
        try await redis.withdraw(chosen, by: change)
        try await memory.withdraw(chosen, by: change)
      default:
        let value = StoredValue(key, ByteBuffer(string: "\(step)"))
        let (mine, theirs) = (try await redis.read([], chosen), try await memory.read([], chosen))
        let isStored = try await redis.store(value, under: Self.guards(chosen, mine.generations))
        #expect(try await memory.store(value, under: Self.guards(chosen, theirs.generations)) == isStored)
      }
      let (mine, theirs) = (try await redis.read([key], tags), try await memory.read([key], tags))
      #expect(mine.values == theirs.values)
      #expect(mine.generations.map { $0 == nil } == theirs.generations.map { $0 == nil })
      try names.agree(mine.generations.compactMap(\.self), theirs.generations.compactMap(\.self))
    }
    #expect(names.count > 20)
  }

  /// A missing generation is guarded by a nonce that nothing has.
  private static func guards(_ tags: [CacheTag], _ generations: [Generation?]) -> [FenceGuard] {
    zip(tags, generations).map { FenceGuard($0, nonce: $1?.nonce ?? 0) }
  }
}

/// Which nonce of one store stands for which of the other.
private struct NoncePairs {
  private var pairs: [UInt64: UInt64] = [:]
  private var seen: Set<UInt64> = []

  var count: Int { pairs.count }

  mutating func agree(_ left: [Generation], _ right: [Generation]) throws {
    try #require(left.count == right.count)
    for (left, right) in zip(left, right) {
      #expect(left.position == right.position && left.isInDoubt == right.isInDoubt)
      if let known = pairs[left.nonce] {
        #expect(known == right.nonce)
      } else {
        pairs[left.nonce] = right.nonce
        #expect(seen.insert(right.nonce).inserted)
      }
    }
  }
}

/// A reproducible source of randomness: SplitMix64 (Steele, Lea and Flood, "Fast Splittable Pseudorandom Number
/// Generators", 2014).
private struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}
