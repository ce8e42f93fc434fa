import Caching
import Kernel
import NIOCore
import RedisAdapter
import RedisClient
import TestServers
import Testing

@Suite("Deletions by others", .timeLimit(.minutes(1)))
struct DeletionTests {
  let scope = CacheScope.tenant(.fresh())

  @Test("Changes of keys in the named spaces are told, and of no others; a loss of the connection too")
  func told() async throws {
    let server = try await RedisServer()
    let client = RedisClient(silent: server.configuration)
    defer { client.shutdown() }
    let store = RedisCacheStore(client: client)
    let keys = ["a", "b"].map { CacheKey("catalog", scope, $0) }
    let stored = keys.map { $0.stored(prefix: "tenantry", braces: true) }
    try await store.set(keys[0], ByteBuffer(string: "x"))
    var deletions = try #require(try await store.deletions(in: ["catalog"])).makeAsyncIterator()

    try await server.cli("SET", "tenantry:catalogue:{x}:y", "1")
    try await server.cli("SET", "other:catalog:{x}:y", "1")
    try await server.cli("DEL", stored[0])
    #expect(await deletions.next() == .keys([keys[0].text]))
    try await server.cli("SET", stored[1], "1", "PX", "1")
    #expect(await deletions.next() == .keys([keys[1].text]), "its setting")
    #expect(await deletions.next() == .keys([keys[1].text]), "its expiry")
    try await server.cli("FLUSHALL")
    #expect(await deletions.next() == .everything)
    try await server.cli("CLIENT", "KILL", "TYPE", "pubsub")
    #expect(await deletions.next() == .interrupted)
    #expect(await deletions.next() == .everything)
    try await server.cli("SET", stored[1], "1")
    #expect(await deletions.next() == .keys([keys[1].text]))
  }

  @Test("In a cluster they are told from every master")
  func cluster() async throws {
    let store = RedisCacheStore(client: try await Topology.cluster.client())
    var deletions = try #require(try await store.deletions(in: ["cluster"])).makeAsyncIterator()
    let keys = (0..<20).map { _ in CacheKey("cluster", .tenant(.fresh()), "a") }
    try await store.set(keys.map { StoredValue($0, ByteBuffer(string: "x")) })
    var missing = Set(keys.map(\.text))
    while !missing.isEmpty {
      guard case .keys(let names)? = await deletions.next() else { continue }
      missing.subtract(names)
    }
  }
}
