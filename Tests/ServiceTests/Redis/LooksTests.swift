import TestServers
import Testing

@Suite("tenantry serve where answers are looked for in Redis", .tags(.slow), .serialized, .timeLimit(.minutes(5)))
struct LooksTests {
  /// What leaves memory without an answer that it may give: there is none, or it asks again after a moment.
  enum Memory: String, CaseIterable {
    case none
    case brief

    var settings: [String: String] { self == .none ? ["CACHE_L1": "off"] : ["CACHE_LRU_TTL_MS": "20"] }
  }

  /// Instances on one Redis.
  private struct Fleet {
    let database: ServedDatabase
    let redis: RedisServer
    let instances: [Service]
  }

  /// Runs a test with a fleet, whose servers live as long.
  private func withFleet(
    _ memory: Memory, of count: Int = 1, _ more: [String: String] = [:], _ test: (Fleet) async throws -> Void
  ) async throws {
    let database = try await ServedDatabase()
    let redis = try await Arrangement.url.start()
    let settings = database.settings.merging(redis.settings) { $1 }.merging(memory.settings) { $1 }
    var instances: [Service] = []
    for _ in 0..<count { instances.append(try await Service(settings.merging(more) { $1 })) }
    let fleet = Fleet(database: database, redis: redis.servers[0], instances: instances)
    try await test(fleet)
    withExtendedLifetime(fleet) {}
  }

  private func write(_ price: Int, to path: String, _ instance: Service) async throws {
    let answer = try await instance.call(
      .patch, "/api/v1/admin\(path)", .willowStaff, body: #"{"priceCents": \#(price * 100)}"#)
    #expect(answer.status == 200)
  }

  @Test("Answers are byte for byte what the router's way sends", arguments: ["GET", "HEAD"], Memory.allCases)
  func sameBytes(_ method: String, _ memory: Memory) async throws {
    // With limits so few requests would have to ask for leases, and what asks is no look.
    try await withFleet(memory, ["RATE_LIMIT": "off", "CORS_ALLOWED_ORIGINS": "https://willow.example"]) { fleet in
      let instance = fleet.instances[0]
      for path in ["/packages", "/api/v1/packages?limit=3", "/packages/\(Key.willow.package)", "/packages/nowhere"] {
        for condition in RawHTTP.conditions {
          let head = "\(method) \(path) HTTP/1.1\r\nHost: x\r\nX-Tenant-Key: \(Key.willow.value)\r\n\(condition)"
          // Twice, so that the second is looked for without a task.
          let seen = try await RawHTTP.exchange("\(head)\r\n\(head)\r\n\(RawHTTP.last)", port: instance.port)
          let routed = "\(head)Content-Length: 0\r\n\r\n"
          let expected = try await RawHTTP.exchange("\(routed)\(routed)\(RawHTTP.last)", port: instance.port)
          #expect(RawHTTP.comparable(seen) == RawHTTP.comparable(expected), "\(method) \(path) \(condition)")
        }
      }
      let metrics = try await instance.call(.get, "/metrics").text
      #expect(metrics.contains("\ntenantry_cache_shared_failures_total 0\n"), "without the store nothing is looked for")
    }
  }

  @Test(
    "A write is in the next read of every instance, and a suspended tenant is refused by every one",
    arguments: Memory.allCases)
  func writes(_ memory: Memory) async throws {
    try await withFleet(memory, of: 3) { fleet in
      let path = "/packages/\(Key.willow.package)"
      for price in 1...60 {
        try await write(price, to: path, fleet.instances[price % 3])
        for instance in fleet.instances {
          let read = try await instance.call(.get, path, .willow)
          #expect(read.text.contains(#""priceCents":\#(price * 100),"#), "\(read.text)")
        }
      }
      #expect(try await fleet.database.tenantry("tenant", "suspend", "willow").code == 0)
      for instance in fleet.instances {
        try await eventually("a suspended tenant gets 403") {
          try await instance.call(.get, path, .willow).status == 403
        }
      }
      #expect(try await fleet.database.tenantry("tenant", "activate", "willow").code == 0)
      for instance in fleet.instances {
        try await eventually("an active tenant is served") {
          try await instance.call(.get, path, .willow).status == 200
        }
      }
    }
  }

  @Test(
    "Readers get nothing but 200 while Redis is killed, stays away, and is back; and no older price than they have seen",
    arguments: Memory.allCases)
  func killed(_ memory: Memory) async throws {
    try await withFleet(memory, of: 2) { fleet in
      let path = "/packages/\(Key.willow.package)"
      _ = try await fleet.instances[0].call(.get, path, .willow)
      try await withThrowingTaskGroup(of: Void.self) { group in
        for number in 0..<16 {
          group.addTask {
            var last = 0
            while !Task.isCancelled {
              // On one instance each: between two there is no order while Redis is away.
              let read = try await fleet.instances[number % 2].call(.get, path, .willow)
              #expect(read.status == 200, "\(read)")
              let price = try #require(read.text.firstMatch(of: /"priceCents":(\d+),/).flatMap { Int($0.1) })
              // Until the first write the price is that of the demo.
              if last > 0 || price == 100 {
                #expect(price >= last, "\(price) after \(last)")
                last = price
              }
            }
          }
        }
        func write(_ price: Int) async throws {
          try await self.write(price, to: path, fleet.instances[0])
          #expect(
            try await fleet.instances[0].call(.get, path, .willow).text.contains(#""priceCents":\#(price * 100),"#))
        }
        try await write(1)
        fleet.redis.kill()
        for price in 2...10 { try await write(price) }
        try await fleet.redis.restart()
        for price in 11...20 { try await write(price) }
        try await eventually("Redis is used again") {
          try await fleet.instances[0].call(.get, "/health").text.contains(#""connected":true"#)
        }
        fleet.redis.freeze()
        for price in 21...24 { try await write(price) }
        fleet.redis.thaw()
        for price in 25...30 { try await write(price) }
        group.cancelAll()
        do { while try await group.next() != nil {} } catch is CancellationError {}
      }
    }
  }
}
