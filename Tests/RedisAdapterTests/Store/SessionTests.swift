import Kernel
import PortContracts
import RedisAdapter
import RedisClient
import TenancyDomain
import TestServers
import Testing

@Suite("Sessions in Redis", .timeLimit(.minutes(1)))
struct RedisSessionTests {
  @Test("They keep the rules of their port", arguments: SessionStoreContract.rules)
  func obeys(_ rule: ContractRule<any SessionStorePort>) async throws {
    try await withSessions { _, store in try await rule.check(store) }
  }

  @Test("An identifier is nowhere in Redis, and the session ends by itself a day after its last use")
  func hashed() async throws {
    try await withSessions { server, store in
      let clock = ManualClock()
      let newID = IDGenerator(clock: clock, random: SystemRandomSource())
      let sessions = SessionService(store: store, clock: clock, newID: newID)
      let id = try await sessions.create("ada", data: ["role": "viewer"])
      let key = try await server.cli("KEYS", "*")
      #expect(key.contains("session") && !key.contains(id))
      #expect(!(try await server.cli("GET", key)).contains(id))
      _ = try await sessions.touch(id)
      let rest = try #require(Int(try await server.cli("TTL", key)))
      #expect((86_390...86_400).contains(rest))
      #expect(try await sessions.get(id)?.subject == "ada")
      #expect(try await sessions.invalidate(id))
      #expect(try await sessions.get(id) == nil)
      #expect(try await sessions.touch(id) == nil)
    }
  }

  @Test("A store that is out of reach is no reason to believe or to drop anybody")
  func unreachable() async throws {
    try await withSessions { server, store in
      server.kill()
      await #expect(throws: DomainError.self) { _ = try await store.find(Digest(of: "x")) }
    }
  }

  private func withSessions(_ body: (RedisServer, any SessionStorePort) async throws -> Void) async throws {
    let server = try await RedisServer()
    var configuration = server.configuration
    configuration.commandTimeout = .seconds(2)
    let client = RedisClient(silent: configuration)
    defer { client.shutdown() }
    try await body(server, StoredSessions(store: RedisCacheStore(client: client)))
  }
}
