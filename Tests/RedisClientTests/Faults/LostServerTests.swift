import Foundation
import NIOCore
import Synchronization
import TestServers
import Testing

@testable import RedisClient

@Suite("Servers that are lost", .timeLimit(.minutes(1)), .tags(.slow), .serialized)
struct LostServerTests {
  @Test("After kill -9 and a restart commands work again, under another run id, and tries are few meanwhile")
  func restart() async throws {
    let server = try await RedisServer("--appendonly", "yes", "--appendfsync", "always")
    let events = Mutex<[String]>([])
    var configuration = server.configuration
    configuration.commandTimeout = .milliseconds(500)
    configuration.onEvent = { event in events.withLock { $0.append("\(event.kind)".prefix { $0 != "(" }.description) } }
    try await withClient(configuration) { client in
      try await eventually { client.isConnected }
      try await eventually { (try? await client.set("k", ByteBuffer(string: "kept"))) == true }
      let run = try #require(client.runID(forKey: "k"))
      try await eventually { client.connectionCounts.ready == 2 }
      server.kill()
      let death = ContinuousClock.now
      try await eventually { client.connectionCounts.errors >= 4 }
      let started = ContinuousClock.now
      let error = await #expect(throws: RedisClientError.self) { try await client.get("k") }
      #expect(error?.isNotSent == true)
      #expect(ContinuousClock.now - started < .seconds(2))
      #expect(!client.isConnected)
      try await server.restart()
      let back = ContinuousClock.now
      try await eventually { (try? await client.get("k"))??.text == "kept" }
      print("Restart: recovered \(ContinuousClock.now - back) after it listened again")
      let seconds = (ContinuousClock.now - death) / .seconds(1)
      #expect(Double(client.connectionCounts.connecting) <= 2 + 2 * (seconds + 2))
      #expect(client.runID(forKey: "k") != run)
      #expect(
        Set(["connecting", "ready", "closed", "error", "reconnecting"]).isSubset(of: events.withLock { Set($0) }))
    }
  }

  @Test(
    "A frozen server's callers fail at their time limit; its connections are closed at twice that; then it works again")
  func frozen() async throws {
    let server = try await RedisServer()
    var configuration = server.configuration
    configuration.commandTimeout = .milliseconds(400)
    configuration.connectTimeout = .seconds(2)
    try await withClient(configuration) { client in
      try await eventually { client.connectionCounts.ready == 2 }
      try await server.cli(["MSET"] + (0..<50).flatMap { ["k\($0)", "k\($0)"] })
      server.freeze()
      let errors = await withTaskGroup { group in
        for number in 0..<50 {
          group.addTask { () -> RedisClientError? in
            do throws(RedisClientError) { _ = try await client.get("k\(number)") } catch { return error }
            return nil
          }
        }
        return await group.reduce(into: []) { $0.append($1) }
      }
      #expect(errors.allSatisfy { $0?.code == .timedOut })
      try await eventually(within: .seconds(5)) { client.connectionCounts.closed == 2 }
      server.thaw()
      try await eventually { (try? await client.get("k0"))??.text == "k0" }
      for number in 0..<50 { #expect(try await client.get("k\(number)")?.text == "k\(number)") }
    }
  }

  @Test("A half-open socket is noticed by a time limit, or by a PING when nothing is asked")
  func halfOpen() async throws {
    let server = try await RedisServer()
    let proxy = try await FaultProxy.start(before: server.port)
    var configuration = RedisConfiguration(host: "127.0.0.1", port: proxy.port)
    configuration.connections = 1
    configuration.commandTimeout = .milliseconds(300)
    configuration.connectTimeout = .milliseconds(300)
    configuration.pingInterval = .milliseconds(200)
    try await withClient(configuration) { client in
      try await eventually { client.isConnected }
      for _ in 0..<2 {
        let lost = client.connectionCounts.closed
        proxy.faults.dropsFromServer = true
        let started = ContinuousClock.now
        try await eventually { client.connectionCounts.closed == lost + 1 }
        let found = ContinuousClock.now - started
        print("Half-open: found after \(found) without a command (PING after 200 ms, limit 300 ms)")
        #expect(found < .seconds(3))
        proxy.faults.dropsFromServer = false
        try await eventually { (try? await client.ping()) != nil }
      }
    }
  }

  @Test("When a pipeline is reset, every INCR was executed once at most, and its caller knows when that is not sure")
  func resetInPipeline() async throws {
    let server = try await RedisServer()
    let proxy = try await FaultProxy.start(before: server.port)
    proxy.faults.delay = .milliseconds(50)
    try await withClient(RedisConfiguration(host: "127.0.0.1", port: proxy.port)) { client in
      try await eventually { client.connectionCounts.ready == 2 }
      let outcomes = await withTaskGroup { group in
        for number in 0..<400 {
          group.addTask { () -> (Int, Result<Int, RedisClientError>) in
            do throws(RedisClientError) {
              return (number, .success(try await client.incrby("n\(number)", 1)))
            } catch {
              return (number, .failure(error))
            }
          }
        }
        group.addTask {
          for _ in 0..<2 {
            // Answers are 50 ms away: what is pending now is in flight when the reset comes.
            try? await eventually { client.pendingCommands > 0 }
            proxy.resetAll()
          }
          return (-1, .success(0))
        }
        return await group.reduce(into: []) { $0.append($1) }
      }
      let counts = try await server.cli(["MGET"] + (0..<400).map { "n\($0)" }).components(separatedBy: "\n")
      var unsure = 0
      for (number, outcome) in outcomes where number >= 0 {
        let count = counts[number]
        switch outcome {
        case .success(let sum): #expect(sum == 1 && count == "1")
        case .failure(let error):
          unsure += 1
          #expect(error.code == .connectionClosed(.maybeSent))
          #expect(count == "" || count == "1")
        }
      }
      #expect(unsure > 0)
    }
  }

  @Test("Commands that are too many to wait are refused at once, and cancelled ones leave")
  func backPressure() async throws {
    let server = try await RedisServer()
    var configuration = server.configuration
    configuration.connections = 1
    configuration.maxPendingCommands = 100
    try await withClient(configuration) { client in
      try await client.ping()
      server.freeze()
      defer { server.thaw() }
      await withTaskGroup { group in
        for _ in 0..<100 { group.addTask { _ = try? await client.ping() } }
        try? await eventually { client.masters.isEmpty || client.pendingCommands == 100 }
        let error = await #expect(throws: RedisClientError.self) { try await client.ping() }
        #expect(error?.code == .queueFull)
        group.cancelAll()
        await group.waitForAll()
      }
    }
    var down = RedisConfiguration(host: "127.0.0.1", port: try FreePort.find())
    down.maxQueuedCommands = 0
    try await withClient(down) { client in
      let error = await #expect(throws: RedisClientError.self) { try await client.ping() }
      #expect(error?.isNotSent == true)
    }
  }

  @Test("A lazy client connects with its first command; bursts leave in few writes")
  func lazy() async throws {
    let server = try await RedisServer()
    let proxy = try await FaultProxy.start(before: server.port)
    var configuration = RedisConfiguration(host: "127.0.0.1", port: proxy.port)
    configuration.connectsLazily = true
    configuration.connections = 1
    try await withClient(configuration) { client in
      try await Task.sleep(for: .milliseconds(100))
      #expect(proxy.accepted == 0)
      try await client.ping()
      #expect(proxy.accepted == 1)
      let reads = try await server.reads()
      _ = try await client.sendMany((0..<100).map { .get("key:\($0)") })
      // The console's own commands are two reads.
      let used = try await server.reads() - reads
      #expect(used <= 4, "\(used) reads for a batch of 100")
    }
  }
}

extension RedisServer {
  /// How often the server has read from a connection.
  fileprivate func reads() async throws -> Int {
    Int(try await cli("INFO", "stats").field("total_reads_processed") ?? "") ?? 0
  }
}

extension RedisClient {
  /// How many commands await replies on connections that are ready.
  var pendingCommands: Int { router.masters.reduce(0) { $0 + $1.pendingCommands } }
}
