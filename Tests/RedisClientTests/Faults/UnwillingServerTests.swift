import NIOCore
import NIOPosix
import RedisClient
import TestServers
import Testing

@Suite("Servers that do not do what they are asked", .timeLimit(.minutes(1)), .tags(.slow), .serialized)
struct UnwillingServerTests {
  @Test("A server that loads its data is waited for, within bounds")
  func loading() async throws {
    let server = try await RedisServer(
      "--appendonly", "no", "--dbfilename", "dump.rdb", "--key-load-delay", "100",
      "--loading-process-events-interval-bytes", "1024", "--enable-debug-command", "yes")
    try await server.cli("DEBUG", "POPULATE", "10000")
    try await server.cli("SET", "k", "v")
    try await server.cli("SAVE")
    server.kill()
    try await server.restart()
    try await withClient(server.configuration) { client in
      let started = ContinuousClock.now
      try await eventually(within: .seconds(30)) {
        do throws(RedisClientError) {
          return try await client.get("k")?.text == "v"
        } catch {
          #expect(error.code == .server(prefix: "LOADING"))
          return false
        }
      }
      print("Loading: first value after \(ContinuousClock.now - started), \(client.connectionCounts.retries) retries")
      #expect(client.connectionCounts.retries > 0)
    }
  }

  @Test("A server that runs a long script answers BUSY, which is tried again a few times")
  func busy() async throws {
    let server = try await RedisServer("--busy-reply-threshold", "20")
    var patient = server.configuration
    patient.commandTimeout = .seconds(20)
    let configuration = patient
    try await withClient(configuration) { client in
      try await client.set("k", ByteBuffer(string: "v"))
      async let loop: Void = withClient(configuration) { other in
        _ = try? await other.send(.init("EVAL", ["while true do end", 0], timeout: .seconds(20)))
      }
      try await eventually { try await server.cli("PING").hasPrefix("BUSY") }
      let error = await #expect(throws: RedisClientError.self) { try await client.get("k") }
      #expect(error?.code == .server(prefix: "BUSY"))
      #expect(client.connectionCounts.retries > 0)
      async let value = client.get("k")
      try await server.cli("SCRIPT", "KILL")
      #expect(try await value?.text == "v")
      try await loop
    }
  }

  @Test("A full server refuses writes at once and still answers reads")
  func outOfMemory() async throws {
    let server = try await RedisServer("--maxmemory", "3mb", "--maxmemory-policy", "noeviction")
    try await withClient(server.configuration) { client in
      try await client.set("k", ByteBuffer(string: "v"))
      let large = ByteBuffer(repeating: 1, count: 500_000)
      var failure: RedisClientError?
      for number in 0..<20 where failure == nil {
        do throws(RedisClientError) { try await client.set("large\(number)", large) } catch { failure = error }
      }
      #expect(failure?.code == .server(prefix: "OOM"))
      #expect(client.connectionCounts.retries == 0)
      #expect(try await client.get("k")?.text == "v")
    }
  }

  @Test("A server that has become a replica is asked again over a new connection, and writes go on when it is a master")
  func readOnly() async throws {
    let (server, other) = (try await RedisServer(), try await RedisServer())
    try await withClient(server.configuration) { client in
      try await client.set("k", ByteBuffer(string: "1"))
      try await server.cli("REPLICAOF", "127.0.0.1", "\(other.port)")
      let error = await #expect(throws: RedisClientError.self) { try await client.set("k", ByteBuffer(string: "2")) }
      #expect([.server(prefix: "READONLY"), .notConnected].contains(error?.code))
      try await server.cli("REPLICAOF", "NO", "ONE")
      try await eventually { (try? await client.set("k", ByteBuffer(string: "3"))) == true }
      #expect(try await server.cli("GET", "k") == "3")
    }
  }

  @Test(
    "A server that speaks something else is an error and a closed connection",
    arguments: [
      "HTTP/1.1 400 Bad Request\r\n\r\n", "$536870913\r\n", String(repeating: "*1\r\n", count: 9),
      String(repeating: "+OK\r\n", count: 9),
    ])
  func garbage(_ bytes: String) async throws {
    let listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(Greeter(bytes)) }
      }
      .bind(host: "127.0.0.1", port: 0).get()
    var configuration = RedisConfiguration(host: "127.0.0.1", port: listener.localAddress?.port ?? 0)
    configuration.commandTimeout = .milliseconds(300)
    try await withClient(configuration) { client in
      var events = client.events().makeAsyncIterator()
      await #expect(throws: RedisClientError.self) { try await client.ping() }
      while let event = await events.next() {
        guard case .error(let error) = event.kind else { continue }
        #expect(error.code == .protocolViolation, "\(error)")
        break
      }
      #expect(!client.isConnected)
    }
    try await listener.close()
  }
}

/// Says the same to everyone who connects.
private final class Greeter: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  private let bytes: String

  init(_ bytes: String) { self.bytes = bytes }

  func channelActive(context: ChannelHandlerContext) {
    context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: bytes)), promise: nil)
  }
}
