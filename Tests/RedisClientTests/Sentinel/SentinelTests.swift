import NIOCore
import RedisClient
import TestServers
import Testing

@Suite("Sentinel", .timeLimit(.minutes(1)), .tags(.slow), .serialized)
struct SentinelTests {
  @Test("When the master dies, commands go to the new one within five seconds, with one sentinel hung")
  func failover() async throws {
    let group = try await SentinelGroup(password: "data", sentinelPassword: "watch")
    group.sentinels[0].freeze()
    defer { group.sentinels[0].thaw() }
    var configuration = group.configuration(sentinelPassword: "watch")
    configuration.credentials = RedisCredentials(password: "data")
    configuration.commandTimeout = .seconds(2)
    try await withClient(configuration) { client in
      let started = ContinuousClock.now
      try await client.set("k", ByteBuffer(string: "before"))
      let firstAnswer = ContinuousClock.now - started
      #expect(firstAnswer < .seconds(2), "a hung sentinel delays by its time limit only")
      let oldRun = client.runID(forKey: "k")
      var events = try await client.subscribe("c").makeAsyncIterator()

      group.servers[0].kill()
      let death = ContinuousClock.now
      try await eventually(within: .seconds(15)) {
        (try? await client.set("k", ByteBuffer(string: "after"))) == true
      }
      let recovery = ContinuousClock.now - death
      print(
        "Sentinel: recovered \(recovery) after the master's death; first answer with a hung sentinel \(firstAnswer)")
      #expect(recovery < .seconds(10))
      #expect(client.masters.first?.endpoint.port == group.servers[1].port)
      #expect(client.runID(forKey: "k") != oldRun)
      #expect(await events.next() == .interrupted)
      #expect(await events.next() == .resumed)
    }
  }

  @Test("A frozen master that returns gets no more writes")
  func staleMaster() async throws {
    let group = try await SentinelGroup()
    var configuration = group.configuration()
    configuration.commandTimeout = .seconds(1)
    try await withClient(configuration) { client in
      try await client.set("k", ByteBuffer(string: "0"))
      group.servers[0].freeze()
      let frozen = ContinuousClock.now
      try await eventually(within: .seconds(15)) {
        (try? await client.set("k", ByteBuffer(string: "1"))) == true
      }
      print("Sentinel: recovered \(ContinuousClock.now - frozen) after the master froze")
      group.servers[0].thaw()
      let early = try await group.servers[0].cli("INFO", "commandstats").field("cmdstat_set")
      for number in 0..<200 { try await client.set("k", ByteBuffer(integer: number)) }
      #expect(client.masters.first?.endpoint.port == group.servers[1].port)
      #expect(try await group.servers[0].cli("INFO", "commandstats").field("cmdstat_set") == early)
    }
  }

  @Test("A master that becomes a replica is left for the new one when it refuses a write")
  func demotion() async throws {
    let group = try await SentinelGroup()
    try await withClient(group.configuration()) { client in
      try await client.set("k", ByteBuffer(string: "0"))
      try await group.sentinels[1].cli("SENTINEL", "FAILOVER", "shop")
      try await eventually(within: .seconds(20)) {
        _ = try? await client.set("k", ByteBuffer(string: "1"))
        return client.masters.first?.endpoint.port == group.servers[1].port
      }
      #expect(try await client.get("k")?.text == "1")
    }
  }

  @Test("Reads go to a replica when asked to")
  func replicaReads() async throws {
    let group = try await SentinelGroup()
    var configuration = group.configuration()
    configuration.readFrom = .replica
    try await withClient(configuration) { client in
      try await client.set("k", ByteBuffer(string: "v"))
      try await eventually {
        _ = try await client.get("k")
        return try await group.servers[1].cli("INFO", "commandstats").contains("cmdstat_get:")
      }
      try await eventually { try await client.get("k")?.text == "v" }
    }
  }
}
