import Caching
import Kernel
import Logging
import NIOCore
import RedisAdapter
import RedisClient
import TestServers
import Testing

@Suite("Named stores", .timeLimit(.minutes(1)))
struct RedisStoresTests {
  let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

  @Test("Stores in the same place share a client, others do not")
  func clients() async throws {
    let server = try await RedisServer()
    let url = try RedisURL("redis://127.0.0.1:\(server.port)")
    var settings = RedisStoresSettings(cache: RedisStoreSettings(url))
    settings.connectsLazily = true
    let together = RedisStores(settings, logger: quiet)
    defer { together.shutdown() }
    #expect(together.clients["cache"] === together.clients["session"])
    #expect(together.clients["cache"] === together.clients["realtime"])
    settings.session = RedisStoreSettings(try RedisURL("redis://127.0.0.1:\(server.port)/1"))
    let apart = RedisStores(settings, logger: quiet)
    defer { apart.shutdown() }
    #expect(apart.clients["cache"] !== apart.clients["session"])
    #expect(apart.clients["cache"] === apart.clients["realtime"])
  }

  @Test("Each store keeps its own data, and the realtime store the limits")
  func data() async throws {
    let server = try await RedisServer()
    func settings(_ database: Int) throws -> RedisStoreSettings {
      RedisStoreSettings(try RedisURL("redis://127.0.0.1:\(server.port)/\(database)"))
    }
    let stores = RedisStores(
      RedisStoresSettings(cache: try settings(0), session: try settings(1), realtime: try settings(2)), logger: quiet)
    defer { stores.shutdown() }
    let key = CacheKey("a", .platform, "b")
    try await stores.session.set(key, ByteBuffer(string: "x"))
    #expect(try await stores.cache.get(key) == nil)
    #expect(try await stores.realtime.get(key) == nil)
    _ = try await stores.rateLimits.take(1, of: 5, per: .seconds(60), for: key)
    #expect(try await server.cli("INFO", "keyspace").contains("db2:keys=1,"))
  }

  @Test("What happens to connections is told by the name of the store")
  func events() async throws {
    let server = try await RedisServer()
    let (names, continuation) = AsyncStream.makeStream(of: String.self)
    let settings = RedisStoresSettings(
      cache: RedisStoreSettings(try RedisURL("redis://127.0.0.1:\(server.port)")),
      realtime: RedisStoreSettings(try RedisURL("redis://127.0.0.1:\(server.port)/1")))
    let stores = RedisStores(settings, logger: quiet) { name, event in
      if case .ready = event.kind { continuation.yield(name) }
    }
    defer { stores.shutdown() }
    var seen: Set<String> = []
    for await name in names {
      seen.insert(name)
      if seen.count == 2 { break }
    }
    #expect(seen == ["cache", "realtime"])
  }
}
