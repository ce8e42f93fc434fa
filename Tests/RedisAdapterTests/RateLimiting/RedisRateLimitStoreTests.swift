import Caching
import Kernel
import RedisAdapter
import RedisClient
import TestServers
import Testing

@Suite("Limits in Redis", .timeLimit(.minutes(1)))
struct RedisRateLimitStoreTests {
  let key = CacheKey("requests", .tenant(.fresh()), "client", ["a"])

  @Test("A call costs one script, and one that is refused writes nothing")
  func cost() async throws {
    try await withStore { server, store in
      _ = try await store.take(5, of: 5, per: .seconds(60), for: key)
      try await server.cli("CONFIG", "RESETSTAT")
      #expect(try await store.take(1, of: 5, per: .seconds(60), for: key).granted == 0)
      let statistics = try await server.cli("INFO", "commandstats")
      #expect(statistics.contains("cmdstat_evalsha:calls=1,"))
      for write in ["hset", "hincrby", "hdel", "pexpire", "del"] { #expect(!statistics.contains("cmdstat_\(write):")) }
    }
  }

  @Test("What is kept is bounded however much is taken, and gone when the window is")
  func bounded() async throws {
    try await withStore { server, store in
      let name = key.stored(prefix: "tenantry:limit", braces: true) + ":1000000"
      for _ in 0..<400 {
        _ = try await store.take(1, of: 1_000_000, per: .seconds(1), for: key)
        try await Task.sleep(for: .milliseconds(4))
      }
      let fields = try #require(Int(try await server.cli("HLEN", name)))
      #expect((4...140).contains(fields), "\(fields) fields")
      let rest = try #require(Int(try await server.cli("PTTL", name)))
      #expect((1...1011).contains(rest))
      try await settle("the window is gone") { try await server.cli("EXISTS", name) == "0" }
    }
  }

  @Test("Instances that share the store grant no more than the limit together")
  func instances() async throws {
    let server = try await RedisServer()
    let clients = (0..<4).map { _ in RedisClient(silent: server.configuration) }
    defer { for client in clients { client.shutdown() } }
    let granted = try await withThrowingTaskGroup(of: Int.self) { group in
      for client in clients {
        let store = RedisRateLimitStore(client: client)
        for _ in 0..<100 { group.addTask { try await store.take(3, of: 1000, per: .seconds(60), for: key).granted } }
      }
      return try await group.reduce(0, +)
    }
    #expect(granted == 1000)
  }

  @Test("A clock that was set back stands still, or begins anew when that would take longer than a window")
  func clockSetBack() async throws {
    try await withStore { server, store in
      func pretend(secondsAhead: Int, window: Int) async throws {
        let now = try #require(Int(try await server.cli("TIME").prefix { $0 != "\n" }))
        let slot = "\((now + secondsAhead) * 1_000_000 / RateLimitSlots.length(ofWindow: window * 1_000_000))"
        let name = key.stored(prefix: "tenantry:limit", braces: true) + ":\(window * 1_000_000)"
        try await server.cli("HSET", name, "total", "5", "first", slot, "last", slot, slot, "5")
      }
      try await pretend(secondsAhead: 20, window: 60)
      let refused = try await store.take(1, of: 5, per: .seconds(60), for: key)
      #expect(refused.granted == 0 && refused.resetAfter > .seconds(59))
      let one = try await store.take(1, of: 6, per: .seconds(60), for: key)
      #expect(one.granted == 1 && one.place == refused.place)
      try await pretend(secondsAhead: 20, window: 10)
      #expect(try await store.take(5, of: 5, per: .seconds(10), for: key).granted == 5)
    }
  }

  private func withStore(_ body: (RedisServer, RedisRateLimitStore) async throws -> Void) async throws {
    let server = try await RedisServer()
    let client = RedisClient(silent: server.configuration)
    defer { client.shutdown() }
    try await body(server, RedisRateLimitStore(client: client))
  }
}
