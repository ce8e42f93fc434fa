import Foundation
import NIOCore
import Synchronization
import TestServers
import Testing

@testable import RedisClient

@Suite("Cancelled in flight", .timeLimit(.minutes(2)), .tags(.slow), .serialized)
struct CancellationTests {
  /// What became of commands.
  private final class Tally: Sendable {
    struct Counts: Sendable {
      var right = 0
      var cancelled = 0
      var failed = 0
      var wrong: [String] = []
    }

    private let state = Mutex(Counts())

    var counts: Counts { state.withLock { $0 } }

    func note(_ result: Result<String, any Error>, expected: String) {
      state.withLock { counts in
        switch result {
        case .success(expected): counts.right += 1
        case .success(let other): counts.wrong.append("\(expected): \(other)")
        case .failure(let error as RedisClientError) where error.code == .cancelled: counts.cancelled += 1
        case .failure: counts.failed += 1
        }
      }
    }
  }

  @Test(
    "Of 10,000 commands cancelled while a proxy delays, resets and splits, not one gets another's reply, and no INCR is executed twice",
    arguments: [1, 8])
  func replies(_ connections: Int) async throws {
    let server = try await RedisServer()
    let proxy = try await FaultProxy.start(before: server.port, seed: UInt64(connections))
    try await withClient(server.configuration) { client in
      try await client.mset((0..<10_000).map { ("k:\($0)", ByteBuffer(string: "k:\($0)")) })
    }
    proxy.faults.delay = .milliseconds(10)
    proxy.faults.jitter = .milliseconds(30)
    proxy.faults.pieceBytes = 40
    var configuration = RedisConfiguration(host: "127.0.0.1", port: proxy.port)
    configuration.connections = connections
    configuration.commandTimeout = .seconds(10)
    let tally = Tally()
    try await withClient(configuration) { client in
      for wave in 0..<60 where tally.counts.cancelled < 10_000 {
        await withTaskGroup { group in
          for number in wave * 500..<(wave + 1) * 500 {
            group.addTask { await cancelled(number, client, tally) }
            if number % 10 == 0 { group.addTask { await read(number + 5000, client, tally) } }
          }
          if wave % 8 == 1 {
            group.addTask {
              try? await Task.sleep(for: .milliseconds(25))  // Cannot be cancelled here.
              proxy.resetAll()
            }
          }
        }
      }
    }
    let found = tally.counts
    print("Cancelled on \(connections): \(found.cancelled) cancelled, \(found.right) right, \(found.failed) failed")
    #expect(found.wrong == [])
    #expect(found.cancelled >= 10_000 && found.right > 500)
    #expect(proxy.accepted > connections, "connections were reset")
    // Each was sent by one caller once.
    var counters = 0
    let names = stride(from: 7, to: 30_000, by: 10).map { "n:\($0)" }
    for (name, count) in zip(names, try await server.cli(["MGET"] + names).components(separatedBy: "\n")) {
      #expect(count == "" || count == "1", "\(name) is \(count)")
      if count == "1" { counters += 1 }
    }
    #expect(counters > 100)
  }

  /// One of 10,000 keys, each of which holds its own name.
  private static func key(_ number: Int) -> String { "k:\(number % 10_000)" }

  /// Sends a command in a task that is cancelled after up to 15 ms.
  private func cancelled(_ number: Int, _ client: RedisClient, _ tally: Tally) async {
    let task = Task {
      if number % 10 == 7 { return try await "\(client.incrby("n:\(number)", 1))" }
      return try await client.get(Self.key(number))?.text ?? "nothing"
    }
    try? await Task.sleep(for: .microseconds((number &* 7919) % 15_000))  // Nobody cancels this.
    task.cancel()
    tally.note(await task.result, expected: number % 10 == 7 ? "1" : Self.key(number))
  }

  private func read(_ number: Int, _ client: RedisClient, _ tally: Tally) async {
    let task = Task { try await client.get(Self.key(number))?.text ?? "nothing" }
    tally.note(await task.result, expected: Self.key(number))
  }
}
