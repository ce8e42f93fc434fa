import Caching
import Kernel
import RedisAdapter
import RedisClient
import Synchronization
import TestServers
import Testing

@Suite("Callers of the cache while the network fails", .serialized, .timeLimit(.minutes(3)))
struct NetworkFaultTests {
  @Test("Sockets that are half open are given up within twice the time limit of a command")
  func halfOpen() async throws {
    let server = try await RedisServer()
    let blackout = try await Blackout(of: server.port)
    if let obstacle = blackout.obstacle {
      print("WARNING: packets cannot be dropped here, a proxy swallows bytes instead: \(obstacle)")
    }
    var configuration = RedisConfiguration(host: "127.0.0.1", port: blackout.port)
    configuration.commandTimeout = .seconds(1)
    configuration.connectTimeout = .seconds(1)
    let service = FaultedService(configuration)
    let name = "half-open sockets for 6 s (\(blackout.obstacle == nil ? "nftables" : "proxy"))"
    try await service.endure(name) {
      let client = service.clients[0]
      let before = client.connectionCounts.closed
      return try await blackout.run {
        let start = ContinuousClock.now
        try await settle("the shared connections are given up") { client.connectionCounts.closed >= before + 2 }
        print("Half-open: found after \(ContinuousClock.now - start) (time limit of a command: 1 s)")
        try await Task.sleep(for: .seconds(6) - (ContinuousClock.now - start))
        return .now
      }
    }
  }

  private final class Counts: Sendable {
    let asked = Atomic<Int>(0)
    let answered = Atomic<Int>(0)
  }

  @Test("Connections that are reset in the midst of a pipeline; no counter counts an INCR twice")
  func reset() async throws {
    let server = try await RedisServer()
    var proxy: FaultProxy?
    do {
      try await SocketKiller.reset(port: server.port)
    } catch {
      print("WARNING: ss -K cannot reset connections here, a proxy does instead: \(error)")
      proxy = try await FaultProxy.start(before: server.port)
    }
    let (port, stand) = (proxy?.port ?? server.port, proxy)
    let service = FaultedService(RedisConfiguration(host: "127.0.0.1", port: port))
    let scope = service.scope
    let counter: @Sendable (Int) -> CacheKey = { CacheKey("counter", scope, "\($0)") }
    let counts = Counts()
    try await service.endure("20 resets in mid-pipeline (\(proxy == nil ? "ss -K" : "proxy"))") {
      try await withThrowingTaskGroup(of: Void.self) { group in
        for _ in 0..<16 {
          group.addTask {
            while !Task.isCancelled {
              let number = counts.asked.add(1, ordering: .relaxed).newValue
              if await service.first.incr(counter(number), by: 1, timeToLive: nil) != nil {
                counts.answered.add(1, ordering: .relaxed)
              } else {
                // Refused at once while Redis is away.
                try await Task.sleep(for: .milliseconds(1))
              }
            }
          }
        }
        var resets = 0
        for _ in 0..<20 {
          try await Task.sleep(for: .milliseconds(100))
          if let stand {
            stand.resetAll()
            resets += 1
          } else {
            resets += try await SocketKiller.reset(port: port)
          }
        }
        #expect(resets >= 5)
        group.cancelAll()
        while await group.nextResult() != nil {}
      }
      return .now
    }
    let (answered, asked) = (counts.answered.load(ordering: .relaxed), counts.asked.load(ordering: .relaxed))
    let names = (1...asked).map { counter($0).stored(prefix: "tenantry", braces: true) }
    let found = try await server.cli(["MGET"] + names).components(separatedBy: "\n")
    print("Resets: \(asked) increments asked, \(answered) answered, \(found.count { $0 == "1" }) counted")
    #expect(answered > 0 && answered < asked)
    #expect(found.count { $0 == "1" } >= answered)
    #expect(found.allSatisfy { $0 == "" || $0 == "1" }, "each was asked for once")
  }
}
