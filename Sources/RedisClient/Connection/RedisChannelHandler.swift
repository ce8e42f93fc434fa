import NIOCore
import NIOSSL

/// Between a channel and its connection: bytes to replies, failures to a closed connection, and the clock's ticks.
final class RedisChannelHandler: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer

  /// How often deadlines are looked at.
  private static let tick = TimeAmount.milliseconds(50)

  private let connection: RedisConnection
  private let reader: ReplyReader
  private var replies: [RESPValue] = []
  private var ticking: RepeatedTask?

  init(_ connection: RedisConnection) {
    self.connection = connection
    reader = ReplyReader(limits: connection.settings.limits)
  }

  func channelActive(context: ChannelHandlerContext) {
    ticking = context.eventLoop.scheduleRepeatedTask(initialDelay: Self.tick, delay: Self.tick) { [connection] _ in
      connection.tick()
    }
    context.fireChannelActive()
  }

  func channelInactive(context: ChannelHandlerContext) {
    ticking?.cancel()
    connection.close(
      RedisClientError(.connectionClosed(.maybeSent), "the server closed the connection", place: connection.place))
    context.fireChannelInactive()
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    do {
      try reader.feed(unwrapInboundIn(data), into: &replies)
    } catch {
      deliver()
      return connection.close(connection.violation(error.reason))
    }
    deliver()
  }

  func channelReadComplete(context: ChannelHandlerContext) {
    connection.wakeUps.add(1, ordering: .relaxed)
    context.fireChannelReadComplete()
  }

  func channelWritabilityChanged(context: ChannelHandlerContext) {
    connection.flush()
    context.fireChannelWritabilityChanged()
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    let isTLS = error is NIOSSLError || error is NIOSSLExtraError || error is BoringSSLError
    let code: RedisClientError.Code = isTLS ? .tls : .connectionClosed(.maybeSent)
    connection.close(RedisClientError(code, "the connection failed: \(error)", place: connection.place))
  }

  private func deliver() {
    guard !replies.isEmpty else { return }
    connection.deliver(replies)
    replies.removeAll(keepingCapacity: true)
  }
}

extension RedisConnection {
  /// The address, as errors name it.
  var place: String { "\(endpoint)" }
}
