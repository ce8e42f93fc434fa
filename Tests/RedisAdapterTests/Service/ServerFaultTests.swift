import Caching
import Foundation
import Kernel
import NIOCore
import RedisAdapter
import RedisClient
import TestServers
import Testing

@Suite("Callers of the cache while one server fails", .serialized, .timeLimit(.minutes(3)))
struct ServerFaultTests {
  @Test("A server that is killed and started again")
  func killed() async throws {
    try await withService("kill -9 and restart") { server in
      server.kill()
      try await Task.sleep(for: .seconds(2))
      try await server.restart()
      return .now
    }
  }

  @Test("A server that is stopped for ten seconds")
  func stopped() async throws {
    try await withService("SIGSTOP for 10 s") { server in
      server.freeze()
      try await Task.sleep(for: .seconds(10))
      server.thaw()
      return .now
    }
  }

  @Test("A server that loads its data")
  func loading() async throws {
    let options = ["--key-load-delay", "2000", "--loading-process-events-interval-bytes", "1024"]
    try await withService("LOADING", options) { server in
      try await server.cli(["MSET"] + (0..<2000).flatMap { ["filler:\($0)", "x"] })
      try await server.cli("SAVE")
      server.kill()
      try await server.restart(waiting: false)
      try await settle("the server says that it loads") {
        // Nothing listens at first.
        (try? await server.cli("GET", "a"))?.hasPrefix("LOADING") == true
      }
      try await settle("the server has loaded") { try await server.cli("PING") == "PONG" }
      return .now
    }
  }

  @Test("A server that is busy with a script that does not end")
  func busy() async throws {
    try await withService("BUSY for 3 s", ["--busy-reply-threshold", "50"]) { server in
      async let script = server.cli("EVAL", "while true do end", "0")
      try await settle("the server says that it is busy") { try await server.cli("GET", "a").hasPrefix("BUSY") }
      try await Task.sleep(for: .seconds(3))
      try await server.cli("SCRIPT", "KILL")
      _ = try await script
      return .now
    }
  }

  @Test("A server that has no memory left and evicts nothing")
  func outOfMemory() async throws {
    try await withService("OOM with noeviction for 3 s", ["--maxmemory-policy", "noeviction"]) { server in
      try await server.cli("CONFIG", "SET", "maxmemory", "1")
      #expect(try await server.cli("SET", "a", "1").hasPrefix("OOM"))
      try await Task.sleep(for: .seconds(3))
      try await server.cli("CONFIG", "SET", "maxmemory", "0")
      return .now
    }
  }

  @Test("A server that is made a replica, and master again")
  func readOnly() async throws {
    let other = try await RedisServer()
    try await withService("READONLY after REPLICAOF for 3 s") { server in
      try await server.cli("REPLICAOF", "127.0.0.1", "\(other.port)")
      try await settle("the server refuses writes") {
        try await server.cli("SET", "a", "1").hasPrefix("READONLY")
      }
      try await Task.sleep(for: .seconds(3))
      try await server.cli("REPLICAOF", "NO", "ONE")
      return .now
    }
  }

  @Test("A server that comes back with the data of an old snapshot")
  func oldSnapshot() async throws {
    try await withService("restart from an old snapshot") { server in
      try await server.cli("SAVE")
      // Meanwhile the writers change what the snapshot holds.
      try await Task.sleep(for: .seconds(1))
      server.kill()
      try await server.restart()
      #expect(try await server.cli("DBSIZE") != "0", "the snapshot was to be loaded")
      return .now
    }
  }

  @Test("No Redis at all for as long as TENANTRY_TEST_OUTAGE_SECONDS says: a minute by hand, less with the others")
  func outage() async throws {
    let seconds = ProcessInfo.processInfo.environment["TENANTRY_TEST_OUTAGE_SECONDS"].flatMap { Int($0) } ?? 12
    try await withService("all of Redis down for \(seconds) s") { server in
      server.kill()
      try await Task.sleep(for: .seconds(seconds))
      try await server.restart()
      return .now
    }
  }

  /// Runs a fault of a server of its own under two instances.
  private func withService(
    _ name: String, _ arguments: [String] = [],
    _ fault: @Sendable (RedisServer) async throws -> ContinuousClock.Instant
  ) async throws {
    var options = RedisServer.Options()
    options.arguments = arguments
    let server = try await RedisServer(options)
    let service = FaultedService(RedisConfiguration(host: "127.0.0.1", port: server.port))
    try await service.endure(name) { try await fault(server) }
  }
}
