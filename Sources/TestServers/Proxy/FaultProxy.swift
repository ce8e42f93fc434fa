import Glibc
package import NIOCore
import NIOPosix
import Synchronization

/// A TCP proxy of the loopback interface that does to connections what networks do.
package final class FaultProxy: Sendable {
  /// What is done to bytes from now on.
  package struct Faults: Sendable {
    /// How long bytes from the server are held back; order is kept.
    package var delay = Duration.zero
    /// Adds up to this much to ``delay``, at random.
    package var jitter = Duration.zero
    /// Passes bytes on in pieces of 1 to this many, at random; nil for as they come.
    package var pieceBytes: Int?
    /// How likely each read from the server ends its connection with a reset instead, in 0...1.
    package var resetProbability = 0.0
    /// Swallows what the server sends; the connection stays open.
    package var dropsFromServer = false
    /// Swallows what the client sends; the connection stays open.
    package var dropsFromClient = false
    /// Swallows those messages of Redis subscriptions whose payload it says so of; all else passes.
    package var dropsMessage: (@Sendable (ByteBuffer) -> Bool)?
    /// Accepts connections and resets them at once.
    package var refuses = false

    package init() {}
  }

  struct State {
    var faults = Faults()
    var random: SeededGenerator
    var open: [ObjectIdentifier: any Channel] = [:]
    var accepted = 0
    var resets = 0
  }

  /// Where it listens.
  package let port: Int
  private let server: any Channel
  let state: Mutex<State>

  /// Starts a proxy before a port of this machine.
  package static func start(before port: Int, seed: UInt64 = 1) async throws -> FaultProxy {
    let link = ProxyLink()
    let server = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
      .childChannelInitializer { client in
        guard let proxy = link.proxy else { return client.close() }
        return proxy.accept(client, upstream: port)
      }
      .bind(host: "127.0.0.1", port: 0).get()
    let proxy = FaultProxy(server: server, seed: seed)
    link.set(proxy)
    return proxy
  }

  private init(server: any Channel, seed: UInt64) {
    self.server = server
    port = server.localAddress?.port ?? 0
    state = Mutex(State(random: SeededGenerator(seed: seed)))
  }

  deinit { stop() }

  /// What is done to bytes.
  package var faults: Faults {
    get { state.withLock { $0.faults } }
    set { state.withLock { $0.faults = newValue } }
  }

  /// How many connections were accepted so far.
  package var accepted: Int { state.withLock { $0.accepted } }

  /// How many connections are open.
  package var open: Int { state.withLock { $0.open.count } }

  /// How many connections were reset by chance.
  package var resets: Int { state.withLock { $0.resets } }

  /// Ends all connections with a reset.
  package func resetAll() {
    for channel in state.withLock({ Array($0.open.values) }) { Self.reset(channel) }
  }

  /// Ends the proxy.
  package func stop() {
    server.close(promise: nil)
    resetAll()
  }

  static func reset(_ channel: any Channel) {
    guard let socket = channel as? any SocketOptionProvider else { return channel.close(promise: nil) }
    // Bytes that wait are thrown away, and the peer is sent RST instead of FIN.
    socket.setSoLinger(linger(l_onoff: 1, l_linger: 0)).whenComplete { _ in channel.close(promise: nil) }
  }

  private func accept(_ client: any Channel, upstream: Int) -> EventLoopFuture<Void> {
    let name = ObjectIdentifier(client)
    let isRefused = state.withLock { state in
      state.accepted += 1
      guard !state.faults.refuses else { return true }
      state.open[name] = client
      return false
    }
    guard !isRefused else {
      Self.reset(client)
      return client.eventLoop.makeSucceededVoidFuture()
    }
    client.closeFuture.whenComplete { [weak self] _ in self?.state.withLock { _ = $0.open.removeValue(forKey: name) } }
    // Both ends on one event loop, so that their handlers need no lock between them.
    return ClientBootstrap(group: client.eventLoop)
      .channelOption(.tcpOption(.tcp_nodelay), value: 1)
      .connect(host: "127.0.0.1", port: upstream)
      .flatMapThrowing { server in
        try client.pipeline.syncOperations.addHandler(ProxyHandler(self, to: server, isFromServer: false))
        try server.pipeline.syncOperations.addHandler(ProxyHandler(self, to: client, isFromServer: true))
      }
      .flatMapError { error in
        Self.reset(client)
        return client.eventLoop.makeFailedFuture(error)
      }
  }
}

/// Lets the accepting channel reach the proxy that owns it.
private final class ProxyLink: Sendable {
  private struct Reference: Sendable {
    weak var proxy: FaultProxy?
  }

  private let reference = Mutex(Reference())

  var proxy: FaultProxy? { reference.withLock { $0.proxy } }

  func set(_ proxy: FaultProxy) { reference.withLock { $0.proxy = proxy } }
}
