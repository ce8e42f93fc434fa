import Glibc
import NIOCore
import NIOPosix

extension RedisConnection {
  /// Connects, authenticates and asks the server what it is, all within the connect time-out.
  /// - Parameters:
  ///   - onPush: gets messages in the order they come, on the event loop.
  ///   - onClose: called once, when the connection is lost or closed.
  static func connect(
    to endpoint: RedisEndpoint, settings: ConnectionSettings, on eventLoop: any EventLoop,
    onPush: (@Sendable (RESPValue) -> Void)? = nil,
    onClose: @escaping @Sendable (RedisConnection, RedisClientError) -> Void = { _, _ in }
  ) async throws(RedisClientError) -> RedisConnection {
    let deadline = ContinuousClock.now + settings.connectTimeout
    let tls = try await settings.tls?.context()
    let connection: RedisConnection
    do {
      connection = try await bootstrap(on: eventLoop, timeout: settings.connectTimeout)
        .connect(host: endpoint.host, port: endpoint.port) { channel in
          channel.eventLoop.makeCompletedFuture {
            let connection = RedisConnection(
              to: endpoint, channel: channel, settings: settings, onPush: onPush, onClose: onClose)
            if let tls, let handler = try settings.tls?.handler(tls, host: endpoint.host) {
              try channel.pipeline.syncOperations.addHandler(handler)
            }
            try channel.pipeline.syncOperations.addHandler(RedisChannelHandler(connection))
            return connection
          }
        }
    } catch {
      throw RedisClientError(.notConnected, "cannot connect: \(error)", place: "\(endpoint)")
    }
    try await connection.greet(within: deadline - .now)
    return connection
  }

  private func greet(within timeout: Duration) async throws(RedisClientError) {
    let handshake = Handshake(settings)
    var commands = handshake.commands
    commands[0].timeout = timeout
    do {
      let replies = try await sendMany(commands)
      let identity = try handshake.identity(replies, place: place)
      state.withLock { $0.identity = identity }
    } catch {
      // Why the connection went away says more than that it did.
      let reason = closeReason ?? error
      close(reason)
      throw reason
    }
  }

  private static func bootstrap(on eventLoop: any EventLoop, timeout: Duration) -> ClientBootstrap {
    ClientBootstrap(group: eventLoop)
      .connectTimeout(timeout.timeAmount)
      .channelOption(.socketOption(.so_keepalive), value: 1)
      .channelOption(.tcpOption(.tcp_nodelay), value: 1)
      .channelOption(.tcpOption(.init(rawValue: CInt(TCP_KEEPIDLE))), value: 15)
      .channelOption(.tcpOption(.init(rawValue: CInt(TCP_KEEPINTVL))), value: 5)
      .channelOption(.tcpOption(.init(rawValue: CInt(TCP_KEEPCNT))), value: 3)
      // Unacknowledged bytes end the connection after this many milliseconds, however long TCP would go on.
      .channelOption(.tcpOption(.init(rawValue: CInt(TCP_USER_TIMEOUT))), value: 15_000)
      .channelOption(.writeBufferWaterMark, value: .init(low: 256 << 10, high: 1 << 20))
  }
}
