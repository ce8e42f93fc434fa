import NIOCore
import RedisClient
import TestServers
import Testing

@Suite("Typed commands", .timeLimit(.minutes(1)))
struct CommandTests {
  @Test("Values are read as they were written, binary and large ones too")
  func values() async throws {
    let server = try await RedisServer()
    try await withClient(server.configuration) { client in
      #expect(try await client.get("nothing") == nil)
      let binary = ByteBuffer(bytes: (0..<300_000).map { UInt8(truncatingIfNeeded: $0) })
      for value in [ByteBuffer(), ByteBuffer(string: "\r\n$5\r\n"), binary] {
        try await client.set("key", value)
        #expect(try await client.get("key") == value)
      }
      try await client.mset([("a", ByteBuffer(string: "1")), ("b", ByteBuffer(string: "2"))])
      #expect(try await client.mget(["b", "none", "a"]).map { $0?.text } == ["2", nil, "1"])
      #expect(try await client.exists(["a", "a", "none"]) == 2)
      #expect(try await client.del(["a", "none"]) == 1)
      #expect(try await client.unlink(["b"]) == 1)
      #expect(try await client.dbsize() == 1)
    }
  }

  @Test("A value lives as long as it was given, and conditions are kept")
  func lifetimes() async throws {
    let server = try await RedisServer()
    try await withClient(server.configuration) { client in
      let value = ByteBuffer(string: "v")
      #expect(try await client.timeToLive("k") == .absent)
      #expect(try await client.set("k", value, expiry: .after(.seconds(100)), condition: .ifAbsent))
      #expect(try await !client.set("k", value, condition: .ifAbsent))
      guard case .expires(let rest) = try await client.timeToLive("k") else {
        Issue.record("the key does not expire")
        return
      }
      #expect(rest > .seconds(50) && rest <= .seconds(100))
      try await client.set("k", value)
      #expect(try await client.timeToLive("k") == .forever)
      #expect(try await client.expire("k", after: .milliseconds(1)))
      try await eventually { try await client.get("k") == nil }
      #expect(try await !client.expire("k", after: .seconds(1)))
    }
  }

  @Test("Numbers are counted, scripts run by digest or by source, and errors have their first word as code")
  func numbersAndScripts() async throws {
    let server = try await RedisServer()
    try await withClient(server.configuration) { client in
      #expect(try await client.incrby("n", 5) == 5)
      #expect(try await client.incrby("n", -7) == -2)
      let script = RedisScript("return {KEYS[1], ARGV[1], tonumber(ARGV[2]), false}")
      for _ in 0..<2 {
        let reply = try await client.eval(script, keys: ["k"], arguments: ["x", 7])
        #expect(reply.array?.map(\.text) == ["k", "x", nil, nil])
        #expect(reply.array?[2].integer == 7)
      }
      #expect(try await server.cli("INFO", "commandstats").contains("cmdstat_eval:calls=1,"))
      let error = await #expect(throws: RedisClientError.self) { try await client.send(.init("LPUSH", ["n", "x"])) }
      #expect(error?.code == .server(prefix: "WRONGTYPE"))
    }
  }

  @Test("A walk delivers every key once or more and only those that match")
  func walk() async throws {
    let server = try await RedisServer()
    try await withClient(server.configuration) { client in
      let names = (0..<3000).map { "key:\($0)" }
      try await client.mset(names.map { ($0, ByteBuffer(string: $0)) })
      try await client.set("other", ByteBuffer(string: ""))
      var found: Set<String> = []
      for try await batch in client.scan(matching: "key:*", count: 100) { found.formUnion(batch) }
      #expect(found == Set(names))
    }
  }

  @Test("A batch is answered in order, errors in their places, whatever else is sent meanwhile")
  func batches() async throws {
    let server = try await RedisServer()
    try await withClient(server.configuration) { client in
      try await withThrowingTaskGroup { group in
        for number in 0..<50 {
          group.addTask {
            let key = "b\(number)"
            let replies = try await client.sendMany([
              .set(key, ByteBuffer(integer: number)), .init("LPUSH", [.string(key), "x"]), .get(key),
            ])
            #expect(replies.count == 3)
            #expect(replies[2] == .bulkString(ByteBuffer(integer: number)))
            guard case .error(let error) = replies[1] else {
              Issue.record("no error")
              return
            }
            #expect(error.prefix == "WRONGTYPE")
          }
          group.addTask { () throws in #expect(try await client.send(.ping).text == "PONG") }
        }
        try await group.waitForAll()
      }
      #expect(try await client.sendMany([]).isEmpty)
    }
  }

  @Test("The server tells of itself: INFO, CONFIG, TIME and its run id")
  func server() async throws {
    let server = try await RedisServer()
    try await withClient(server.configuration) { client in
      let info = try await client.info("server")
      #expect(client.runID(forKey: "any") == info["run_id"])
      #expect(client.masters.first?.identity.role == .master)
      try await client.setConfiguration("maxmemory", "104857600")
      #expect(try await client.configuration("maxmem*")["maxmemory"] == "104857600")
      #expect(try await client.time() > .seconds(1_600_000_000))
    }
  }

  @Test("A connection of one's own may block without holding others up")
  func dedicated() async throws {
    let server = try await RedisServer()
    try await withClient(server.configuration) { client in
      async let popped = client.withConnection { connection in
        try await connection.send(.init("BLPOP", ["list", 10], timeout: .seconds(15)))
      }
      try await eventually { try await server.cli("INFO", "clients").contains("blocked_clients:1") }
      try await client.ping()
      _ = try await client.send(.init("RPUSH", ["list", "x"]))
      #expect(try await popped.array?.map(\.text) == ["list", "x"])
    }
  }
}
