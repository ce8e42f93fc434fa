import Logging
import NIOCore
import NIOPosix
import Synchronization
import TestServers
import Testing

@testable import RedisClient

@Suite("Cluster", .timeLimit(.minutes(1)), .tags(.slow), .serialized)
struct ClusterTests {
  @Test("Commands over many keys are split by slot and answered in order; a walk visits every master")
  func split() async throws {
    let cluster = try await RedisCluster(replicasPerMaster: 0)
    try await withClient(cluster.configuration) { client in
      let names = (0..<300).map { "key:\($0)" }
      try await client.mset(names.map { ($0, ByteBuffer(string: $0)) })
      let asked = Array(names.reversed()) + ["none"]
      #expect(try await client.mget(asked).map { $0?.text } == names.reversed() + [nil])
      #expect(try await client.exists(names + names) == 600)
      for server in cluster.servers { #expect(try await Int(server.cli("DBSIZE")) ?? 0 > 50) }
      var found: Set<String> = []
      for try await batch in client.scan(matching: "key:*", count: 50) { found.formUnion(batch) }
      #expect(found == Set(names))
      try await eventually { client.isConnected }
      #expect(client.runIDs.count == 3)
      #expect(try await client.unlink(names) == 300)

      #expect(try await client.eval(RedisScript("return #KEYS"), keys: ["{t}a", "{t}b"]).integer == 2)
      let error = await #expect(throws: RedisClientError.self) {
        try await client.eval(RedisScript("return 1"), keys: ["a", "b"])
      }
      #expect(error?.code == .crossSlot)
      let batch: [RedisCommand] = names.prefix(20).flatMap { [.set($0, ByteBuffer(string: $0)), .get($0)] }
      let replies = try await client.sendMany(batch)
      #expect(replies.enumerated().allSatisfy { $0.offset % 2 == 0 || $0.element.text == names[$0.offset / 2] })
      let transaction = try await client.sendMany([
        .init("MULTI"), .incrby("{t}n", 1), .incrby("{t}n", 1), .init("EXEC"),
      ])
      #expect(transaction.last?.array?.map(\.integer) == [1, 2])
    }
  }

  /// A server of a cluster of no others. Its own choice of a port for the others would be past the last one at times.
  private static func lone() async throws -> RedisServer {
    try await RedisServer("--cluster-enabled", "yes", "--cluster-port", "\(try FreePort.find())")
  }

  @Test("Whoever waits for the slot map does so until his time is up, however long the servers take")
  func impatience() async throws {
    let server = try await Self.lone()
    server.freeze()
    defer { server.thaw() }
    let topology = try ClusterTopology.testing(server)
    defer { topology.shutDown() }
    await topology.refreshed(until: ConnectionPool.now + 20_000_000)
    _ = topology.refresh()
    #expect(topology.refreshes == 1, "the map is still being asked for")
  }

  @Test("A server that knows no cluster takes nothing away from those who listen to the masters")
  func forgetful() async throws {
    let server = try await Self.lone()
    let topology = try ClusterTopology.testing(server)
    defer { topology.shutDown() }
    let told = Mutex(0)
    topology.onChange { _ in told.withLock { $0 += 1 } }
    await topology.refresh()?.value
    #expect(topology.refreshes == 1 && told.withLock { $0 } == 0)
  }

  @Test("A slot that moves under load gives no wrong value and no error")
  func migration() async throws {
    let cluster = try await RedisCluster(replicasPerMaster: 0)
    let slot = HashSlot.of("{moving}")
    let source = try #require(try await cluster.owner(ofSlot: slot))
    let target = try #require(cluster.servers.first { $0.port != source.port })
    try await withClient(cluster.configuration) { client in
      let names = (0..<200).map { "{moving}\($0)" }
      for name in names { try await client.set(name, ByteBuffer(string: name)) }
      let readers = Task {
        var reads = 0
        while !Task.isCancelled {
          for name in names.shuffled().prefix(20) {
            let value = try await client.get(name)
            guard value?.text == name else { throw RedisClientError(.unexpectedReply, "\(name): \(value?.text ?? "")") }
            reads += 1
          }
        }
        return reads
      }
      try await cluster.move(slot, from: source, to: target)
      try await client.set("{moving}new", ByteBuffer(string: "x"))
      readers.cancel()
      do { print("Cluster: \(try await readers.value) reads while a slot moved") } catch let error as RedisClientError {
        #expect(error.code == .cancelled)
      }
      #expect(try await cluster.owner(ofSlot: slot)?.port == target.port)
      #expect(try await client.get(names[7])?.text == names[7])
      #expect(client.runID(forKey: names[7]) == (try await target.cli("INFO", "server")).field("run_id"))
    }
  }

  @Test("Of a batch, what living masters were given is done once, and the rest is known to be undone")
  func partOfABatch() async throws {
    let cluster = try await RedisCluster(replicasPerMaster: 0)
    for server in cluster.servers { _ = try await server.cli("CONFIG", "SET", "cluster-require-full-coverage", "no") }
    var configuration = cluster.configuration
    configuration.commandTimeout = .seconds(1)
    try await withClient(configuration) { client in
      let names = (0..<60).map { "counter:\($0)" }
      let commands = names.map { RedisCommand.incrby($0, 1) }
      let victim = try #require(try await cluster.owner(ofSlot: HashSlot.of("counter:0")))
      var isDead: [Bool] = []
      for name in names {
        isDead.append(try await cluster.owner(ofSlot: HashSlot.of(.string(name)))?.port == victim.port)
      }
      victim.kill()
      try await eventually { client.masters.count == 2 }

      let outcomes = await client.sendEach(commands)
      for (outcome, isDead) in zip(outcomes, isDead) {
        switch outcome {
        case .success(let reply): #expect(!isDead && reply.integer == 1)
        case .failure(let error): #expect(isDead && error.isNotSent, "\(error)")
        }
      }
      let error = await #expect(throws: RedisClientError.self) { try await client.sendMany(commands) }
      #expect(error?.code == .connectionClosed(.maybeSent))
      for (name, isDead) in zip(names, isDead) where !isDead { #expect(try await client.get(name)?.text == "2") }
    }
  }

  @Test("When a master dies under load, its replica takes over; other slots are served throughout")
  func masterDeath() async throws {
    let cluster = try await RedisCluster()
    var configuration = cluster.configuration
    configuration.commandTimeout = .seconds(5)
    try await withClient(configuration) { client in
      let names = (0..<60).map { "key:\($0)" }
      try await client.mset(names.map { ($0, ByteBuffer(string: $0)) })
      let victim = try #require(try await cluster.owner(ofSlot: HashSlot.of("key:0")))
      _ = try await victim.cli("WAIT", "1", "5000")
      victim.kill()
      let death = ContinuousClock.now
      try await withThrowingTaskGroup { group in
        for name in names {
          group.addTask {
            try await eventually(within: .seconds(20)) {
              guard let value = try? await client.get(name) else { return false }
              #expect(value.text == name)
              return true
            }
          }
        }
        try await group.waitForAll()
      }
      print("Cluster: every key read \(ContinuousClock.now - death) after a master's death")
      try await client.set("key:0", ByteBuffer(string: "after"))
      #expect(try await client.get("key:0")?.text == "after")
    }
  }

  @Test("Changes are reported by every master, also by one that takes over")
  func invalidations() async throws {
    let cluster = try await RedisCluster()
    try await withClient(cluster.configuration) { client in
      var events = try await client.invalidations(ofKeysWith: ["key:"]).makeAsyncIterator()
      var reported: Set<String> = []
      let names = (0..<30).map { "key:\($0)" }
      try await client.mset(names.map { ($0, ByteBuffer(string: $0)) })
      while reported.count < 30, let event = await events.next() {
        guard case .keys(let keys) = event else { continue }
        reported.formUnion(keys.map(\.text))
      }
      #expect(reported == Set(names))
      let victim = try #require(try await cluster.owner(ofSlot: HashSlot.of("key:0")))
      victim.kill()
      var isInterrupted = false
      while let event = await events.next() {
        if event == .interrupted { isInterrupted = true }
        if event == .resumed { break }
      }
      #expect(isInterrupted)
      try await eventually { (try? await client.set("key:0", ByteBuffer(string: "new"))) == true }
      while let event = await events.next(), event != .keys([ByteBuffer(string: "key:0")]) {}
    }
  }

  @Test("Replicas answer reads when asked to")
  func replicaReads() async throws {
    let cluster = try await RedisCluster()
    var configuration = cluster.configuration
    configuration.readFrom = .replica
    try await withClient(configuration) { client in
      try await client.set("k", ByteBuffer(string: "v"))
      try await eventually {
        _ = try await client.get("k")
        for replica in cluster.servers.suffix(3)
        where try await replica.cli("INFO", "commandstats").contains("cmdstat_get:") { return true }
        return false
      }
    }
  }
}

extension String {
  /// The value of a line `name:value`.
  func field(_ name: String) -> String? { InfoText(self)[name] }
}

extension ClusterTopology {
  /// What one server, which is never asked unless the test does, tells of its cluster.
  fileprivate static func testing(_ server: RedisServer) throws -> ClusterTopology {
    let loop = MultiThreadedEventLoopGroup.singleton.next()
    let configuration = RedisConfiguration(.cluster([RedisEndpoint(host: "127.0.0.1", port: server.port)]))
    let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    let factory = PoolFactory(
      configuration: configuration, settings: configuration.connectionSettings(on: loop), eventLoops: [loop],
      journal: ConnectionJournal(logger: logger, onEvent: nil))
    return try #require(factory.router() as? ClusterRouter).topology
  }
}
