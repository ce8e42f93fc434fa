import InMemoryAdapter
import PortContracts
import Testing

@testable import Caching

@Suite("Loads past the cache, beside a store that instances share", .timeLimit(.minutes(2)))
struct LoadsInDoubtTests {
  private let clock = ManualClock()
  private let link: ChaosStore
  private let list = CacheKey("n", .platform, "list", tags: ["offers", "list"])
  private let other = CacheKey("n", .platform, "other", tags: ["offers", "other"])

  init() { link = ChaosStore(InMemoryCacheStore(ticker: clock), seed: 1) }

  private func service() -> CacheService {
    let options = SharedTierOptions.patient
    return CacheService(
      shared: link, options: options, environment: CacheEnvironment(ticker: clock, wallClock: clock))
  }

  private func read(_ key: CacheKey, _ service: CacheService) async throws {
    _ = try await service.getOrSet(key, as: Int.self, policy: .forever) { Loaded(1) }
  }

  @Test("One leaves what the change does not touch in memory, by one key and by several")
  func leavesTheRest() async throws {
    let service = service()
    try await read(other, service)
    try await service.change([.named("list", .platform)]) {
      try await read(list, service)
      _ = try await service.getOrSetMany([list], as: Int.self, policy: .forever) { _ in [:] }
      return .committed(())
    }
    let before = service.getStats()
    try await read(other, service)
    #expect(service.getStats().loads == before.loads && service.getStats().shared?.hits == before.shared?.hits)
    try await read(list, service)
    #expect(service.getStats().loads == before.loads + 1)
  }

  @Test("After one that may show another's change, nothing that this change makes old is served from memory")
  func seesTheOthers() async throws {
    let (service, elsewhere) = (service(), service())
    try await read(other, service)
    try await service.change([.named("list", .platform)]) {
      await elsewhere.invalidate([.named("offers", .platform)])
      let before = service.getStats().loads
      try await read(other, service)
      #expect(service.getStats().loads == before, "nobody has told of the change yet")
      try await read(list, service)
      try await read(other, service)
      #expect(service.getStats().loads == before + 2)
      return .unchanged(())
    }
  }

  @Test("After one that could not ask the store, nothing under its tags is served from memory")
  func asksInVain() async throws {
    let service = service()
    try await read(other, service)
    try await service.change([.named("list", .platform)]) {
      link.odds = .refusing
      let before = service.getStats().loads
      try await read(list, service)
      try await read(other, service)
      #expect(service.getStats().loads == before + 2)
      return .unchanged(())
    }
  }
}
