import Caching
import Kernel
import NIOCore
import RedisAdapter
import RedisClient
import Synchronization
import TestServers
import Testing

@Suite("Copies in memory of what others delete in Redis", .serialized, .timeLimit(.minutes(1)))
struct DeletionWatchTests {
  /// What the database holds, and how often it was asked.
  private final class Database: Sendable {
    let value = Atomic<Int>(1)
    let loads = Atomic<Int>(0)

    func load() -> Loaded<Int> {
      loads.add(1, ordering: .relaxed)
      return Loaded(value.load(ordering: .relaxed))
    }
  }

  let key = CacheKey("fault", .tenant(.fresh()), "venues")
  var stored: String { key.stored(prefix: "tenantry", braces: true) }

  @Test("A key deleted by hand is loaded anew by every instance; while its load fails, the copies are served")
  func deleted() async throws {
    let server = try await RedisServer()
    try await withInstances(server) { instances, database in
      for instance in instances { #expect(try await read(instance, database) == 1) }
      #expect(database.loads.load(ordering: .relaxed) == 1, "the instances share one load")

      // Changed past the program, whose tags nobody bumps.
      database.value.store(2, ordering: .relaxed)
      for instance in instances { #expect(try await read(instance, database) == 1) }
      try await server.cli("DEL", stored)
      for instance in instances {
        try await settle("the copy is not served") { instance.peek(key) == nil }
        #expect(try await read(instance, failing: database) == 1, "nothing better is to be had")
      }
      for instance in instances {
        try await settle("the new value is served") { try await read(instance, database) == 2 }
      }
      #expect(database.loads.load(ordering: .relaxed) == 2, "one more load for all")
    }
  }

  @Test("What is deleted while the connection is lost is compared again afterwards", arguments: [true, false])
  func interrupted(isAll: Bool) async throws {
    let server = try await RedisServer()
    try await withInstances(server) { instances, database in
      for instance in instances { #expect(try await read(instance, database) == 1) }
      try await server.cli("CLIENT", "KILL", "TYPE", "pubsub")
      try await server.cli(isAll ? ["FLUSHALL"] : ["DEL", stored])
      database.value.store(2, ordering: .relaxed)
      for instance in instances {
        try await settle("the new value is served") { try await read(instance, database) == 2 }
      }
    }
  }

  @Test("What an instance stores itself costs it no look at Redis, and another that has a copy none that loads")
  func own() async throws {
    let server = try await RedisServer()
    try await withInstances(server) { instances, database in
      let keys = (0..<50).map { CacheKey("fault", key.scope, "venue", ["\($0)"]) }
      for key in keys { #expect(try await read(instances[0], database, key) == 1) }
      try await hearAll(server, instances[0], database)
      for key in keys { #expect(instances[0].peek(key) != nil) }
      #expect(instances[0].getStats().shared?.hits == 0)
      for key in keys { #expect(try await read(instances[1], database, key) == 1) }
      #expect(instances[1].getStats().shared?.hits == keys.count)

      // Stored once more by one of them, under the same generations.
      var policy = CachePolicy.forever
      policy.skipsRead = true
      for key in keys { #expect(try await read(instances[0], database, key, policy) == 1) }
      let loads = database.loads.load(ordering: .relaxed)
      try await hearAll(server, instances[1], database)
      for key in keys {
        #expect(instances[1].peek(key) == nil)
        #expect(try await read(instances[1], database, key) == 1)
        #expect(instances[1].peek(key) != nil, "the copies are in memory again")
      }
      #expect(database.loads.load(ordering: .relaxed) == loads + 1, "what was deleted to hear of it")
    }
  }

  /// Returns when an instance has heard of all that was written to Redis before.
  private func hearAll(_ server: RedisServer, _ instance: CacheService, _ database: Database) async throws {
    let last = CacheKey("fault", key.scope, "last")
    _ = try await read(instance, database, last)
    try await server.cli("DEL", last.stored(prefix: "tenantry", braces: true))
    try await settle("word of it has come") { instance.peek(last) == nil }
  }

  private struct Failure: Error {}

  private func read(
    _ instance: CacheService, _ database: Database, _ other: CacheKey? = nil, _ policy: CachePolicy = .forever
  ) async throws -> Int? {
    try await instance.getOrSet(other ?? key, as: Int.self, policy: policy) { database.load() }?.value()
  }

  private func read(_ instance: CacheService, failing database: Database) async throws -> Int? {
    try await instance.getOrSet(key, as: Int.self, policy: .forever) { throw Failure() }?.value()
  }

  /// Two instances that listen.
  private func withInstances(
    _ server: RedisServer, _ body: ([CacheService], Database) async throws -> Void
  ) async throws {
    let clients = [RedisClient(silent: server.configuration), RedisClient(silent: server.configuration)]
    defer { for client in clients { client.shutdown() } }
    let instances = clients.map(FaultedService.service)
    try await withThrowingTaskGroup(of: Void.self) { group in
      for instance in instances { group.addTask { await instance.run() } }
      try await settle("the instances are told of changes") {
        let listeners = try await server.cli("CLIENT", "LIST").split(separator: "\n").count {
          $0.contains("redir=") && !$0.contains("redir=-1")
        }
        return listeners == 2 && instances.allSatisfy(\.isFeedLive)
      }
      try await body(instances, Database())
      group.cancelAll()
    }
  }
}
