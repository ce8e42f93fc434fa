import NIOCore
import Synchronization
import TestServers
import Testing

@testable import RedisClient

@Suite("Commands that are sent again and again", .timeLimit(.minutes(2)), .tags(.slow), .serialized)
struct RepeatedCommandTests {
  /// What receivers were given.
  private final class Receipts: Sendable {
    private let state = Mutex<[Int: [Result<String, RedisClientError>]]>([:])

    func note(_ number: Int, _ result: Result<(reply: RESPValue, server: RedisServerIdentity), RedisClientError>) {
      state.withLock { $0[number, default: []].append(result.map { $0.reply.text ?? "\($0.reply)" }) }
    }

    var all: [Int: [Result<String, RedisClientError>]] { state.withLock { $0 } }
  }

  private func get(_ number: Int) -> RepeatedCommand {
    RepeatedCommand(RedisCommand("GET", [.string("k:\(number)")], keys: .first, effect: .reads), key: "k:\(number)")
  }

  @Test("On one server each gets its own reply, among commands of tasks")
  func oneServer() async throws {
    let server = try await RedisServer()
    try await replies(server.configuration)
  }

  @Test("So it is behind sentinels")
  func sentinels() async throws {
    let group = try await SentinelGroup()
    try await replies(group.configuration())
  }

  @Test("So it is in a cluster, where each goes to the server of its key")
  func cluster() async throws {
    let cluster = try await RedisCluster(replicasPerMaster: 0)
    try await replies(cluster.configuration)
  }

  private func replies(_ configuration: RedisConfiguration) async throws {
    var configuration = configuration
    configuration.commandTimeout = .seconds(20)
    try await withClient(configuration) { client in
      try await eventually { client.isConnected }
      for number in 0..<100 { _ = try await client.set("k:\(number)", ByteBuffer(string: "k:\(number)")) }
      let receipts = Receipts()
      let commands = (0..<100).map(get)
      for round in 0..<20 {
        async let other = client.get("k:\(round)")
        for (number, command) in commands.enumerated() {
          #expect(client.send(command, within: .seconds(20)) { receipts.note(round * 100 + number, $0) })
        }
        #expect(try await other?.text == "k:\(round)")
      }
      try await eventually { receipts.all.count == 2000 }
      for (number, results) in receipts.all {
        #expect(results.count == 1 && (try? results[0].get()) == "k:\(number % 100)")
      }
    }
  }

  @Test("An error of the server is a reply; without a connection nothing is sent and nobody is called")
  func refusals() async throws {
    let server = try await RedisServer()
    let receipts = Receipts()
    try await withClient(server.configuration) { client in
      try await eventually { client.isConnected }
      let wrong = RepeatedCommand(RedisCommand("LPOP", [.string("text")], keys: .first), key: "text")
      _ = try await client.set("text", ByteBuffer(string: "x"))
      #expect(client.send(wrong, within: .seconds(20)) { receipts.note(0, $0) })
      try await eventually { receipts.all[0] != nil }
      #expect(try receipts.all[0]?.first?.get().contains("WRONGTYPE") == true)
      server.kill()
      try await eventually { !client.isConnected }
      #expect(!client.send(wrong, within: .seconds(20)) { receipts.note(1, $0) })
      #expect(receipts.all[1] == nil)
    }
  }

  @Test("A frozen server's receivers hear of it once, soon after the limit, and what comes late goes to nobody")
  func frozen() async throws {
    let server = try await RedisServer()
    let receipts = Receipts()
    try await withClient(server.configuration) { client in
      try await eventually { client.isConnected }
      for number in 0..<20 { _ = try await client.set("k:\(number)", ByteBuffer(string: "k:\(number)")) }
      server.freeze()
      for number in 0..<10 {
        #expect(client.send(get(number), within: .milliseconds(200)) { receipts.note(number, $0) })
      }
      try await eventually { receipts.all.count == 10 }
      server.thaw()
      for number in 10..<20 {
        try await eventually { client.send(get(number), within: .seconds(20)) { receipts.note(number, $0) } }
      }
      try await eventually { receipts.all.count == 20 }
      for (number, results) in receipts.all {
        #expect(results.count == 1, "\(number) was called \(results.count) times")
        switch results[0] {
        case .success(let text): #expect(number >= 10 && text == "k:\(number)")
        case .failure(let error): #expect(number < 10 && error.code == .timedOut, "\(error)")
        }
      }
    }
  }

  @Test("While a proxy delays, resets and splits, each is called exactly once, and never with another's reply")
  func underFire() async throws {
    let server = try await RedisServer()
    let proxy = try await FaultProxy.start(before: server.port, seed: 5)
    try await withClient(server.configuration) { client in
      try await client.mset((0..<1000).map { ("k:\($0)", ByteBuffer(string: "k:\($0)")) })
    }
    proxy.faults.delay = .milliseconds(5)
    proxy.faults.jitter = .milliseconds(20)
    proxy.faults.pieceBytes = 40
    var configuration = RedisConfiguration(host: "127.0.0.1", port: proxy.port)
    configuration.connections = 2
    let receipts = Receipts()
    var sent: Set<Int> = []
    try await withClient(configuration) { client in
      for wave in 0..<100 {
        try await eventually { client.isConnected }
        for number in wave * 100..<(wave + 1) * 100 {
          let limit = Duration.milliseconds(number % 7 == 0 ? 1 : 2000)
          if client.send(get(number % 1000), within: limit, receive: { receipts.note(number, $0) }) {
            sent.insert(number)
          }
        }
        if wave % 10 == 5 { proxy.resetAll() }
        try await Task.sleep(for: .milliseconds(5))
      }
      try await eventually { receipts.all.count == sent.count }
    }
    var right = 0
    for (number, results) in receipts.all {
      #expect(sent.contains(number) && results.count == 1)
      guard case .success(let text) = results[0] else { continue }
      #expect(text == "k:\(number % 1000)")
      right += 1
    }
    print("Repeated commands under fire: \(sent.count) sent, \(right) right")
    // How many are in time is a matter of the machine's speed.
    #expect(right > 0 && right < sent.count)
  }
}
