import NIOCore
import Synchronization
import TestServers
import Testing

@testable import RedisClient

@Suite("Batches on the wire", .timeLimit(.minutes(1)), .serialized)
struct BatchTests {
  fileprivate struct Counts: Equatable {
    var writes: Int
    var wakeUps: Int
    /// How often the server has read, and written.
    var server: [Int]
  }

  @Test("An MGET of 100 keys is one write and one wake-up to read, and so is a batch of 100 commands, each time")
  func batch() async throws {
    let server = try await RedisServer()
    var configuration = server.configuration
    configuration.connections = 1
    configuration.pingInterval = .seconds(3600)
    try await withClient(configuration) { client in
      let keys = (0..<100).map { "key:\($0)" }
      try await client.mset(keys.map { ($0, ByteBuffer(string: $0)) })
      let connection = try #require(client.router.masters.first)
      let rounds = 50

      var before = try await counts(connection, server)
      for _ in 0..<rounds { #expect(try await client.mget(keys).map { $0?.text } == keys) }
      var used = try await counts(connection, server) - before
      print("MGET of 100 keys, \(rounds) times: \(used)")
      #expect(used.isOnePer(rounds))

      before = try await counts(connection, server)
      for _ in 0..<rounds { #expect(try await client.sendMany(keys.map { .get($0) }).map(\.text) == keys) }
      used = try await counts(connection, server) - before
      print("Batches of 100 GET, \(rounds) times: \(used)")
      #expect(used.isOnePer(rounds))
    }
  }

  private func counts(_ connection: RedisConnection, _ server: RedisServer) async throws -> Counts {
    let stats = try await server.cli("INFO", "stats")
    return Counts(
      writes: connection.writes.load(ordering: .relaxed), wakeUps: connection.wakeUps.load(ordering: .relaxed),
      server: ["total_reads_processed", "total_writes_processed"].map { stats.field($0).flatMap { Int($0) } ?? 0 })
  }
}

extension BatchTests.Counts {
  /// One write and one wake-up for each round, on either side. The last may not be counted yet, what went before may be, and
  /// the system may hand over an answer in two pieces: a few more or less are let pass, where commands sent one by one would
  /// take 100 times as many.
  fileprivate func isOnePer(_ rounds: Int) -> Bool {
    writes == rounds && ([wakeUps] + server).allSatisfy { (rounds - 1...rounds + 2).contains($0) }
  }

  /// What came to pass between two looks, but for what the server reads and writes for them: a question and the end of its
  /// connection, and an answer.
  fileprivate static func - (late: Self, early: Self) -> Self {
    Self(
      writes: late.writes - early.writes, wakeUps: late.wakeUps - early.wakeUps,
      server: [late.server[0] - early.server[0] - 2, late.server[1] - early.server[1] - 1])
  }
}
