import HTTPAdapter
import HummingbirdCore
import HummingbirdHTTP2
import Logging
import NIOCore
import NIOSSL
import NIOTLS

/// The handlers of a connection over TLS, on which the client chooses HTTP/2 or HTTP/1.1 (RFC 7301).
struct SecureConnection: ServerChildChannel {
  struct Value: ServerChildChannelValue {
    fileprivate let negotiated: EventLoopFuture<Negotiated>
    let channel: any Channel
  }

  fileprivate enum Negotiated: Sendable {
    case http1(HTTP1Connection.Value)
    case http2(HTTP2Channel.Value)
  }

  /// What the server offers to speak, what it likes best first.
  static let protocols = ["h2", "http/1.1"]

  /// How long a client may take for its half of the handshake.
  private static let handshakeTime = TimeAmount.seconds(10)
  /// How long HTTP/2 may have no stream before it is told to go, and how long nothing at all may move.
  private static let idleTime = Duration.seconds(60)
  private static let silentTime = TimeAmount.seconds(90)

  private let context: NIOSSLContext
  private let http1: HTTP1Connection
  private let http2: HTTP2Channel

  /// - Parameter context: with the certificate, and ``protocols`` among what it offers.
  init(_ api: HTTPAPI, _ context: NIOSSLContext, logger: Logger) {
    self.context = context
    http1 = HTTP1Connection(api, isSecure: true, logger: logger)
    http2 = HTTP2Channel(
      responder: api.server(logger),
      configuration: .init(
        idleTimeout: Self.idleTime, gracefulCloseTimeout: Self.idleTime,
        streamConfiguration: HTTP1Channel.Configuration(additionalChannelHandlers: api.streamHandlers())))
  }

  func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
    channel.eventLoop.makeCompletedFuture {
      let negotiation = NIOTypedApplicationProtocolNegotiationHandler<Negotiated> { result, channel in
        guard result == .negotiated("h2") else {
          return http1.setup(channel: channel, logger: logger).map { .http1($0) }
        }
        return channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandler(SilenceGuard(limit: Self.silentTime))
        }.flatMap { http2.setup(channel: channel, logger: logger).map { .http2($0) } }
      }
      let pipeline = channel.pipeline.syncOperations
      try pipeline.addHandlers(NIOSSLServerHandler(context: context), negotiation)
      let negotiated = negotiation.protocolNegotiationResult
      let deadline = channel.eventLoop.scheduleTask(in: Self.handshakeTime) { channel.close(promise: nil) }
      negotiated.whenComplete { _ in deadline.cancel() }
      return Value(negotiated: negotiated, channel: channel)
    }
  }

  func handle(value: Value, logger: Logger) async {
    do {
      switch try await value.negotiated.get() {
      case .http1(let connection): await http1.handle(value: connection, logger: logger)
      case .http2(let connection): await http2.handle(value: connection, logger: logger)
      }
    } catch {
      logger.debug("a connection ended before it had a protocol", metadata: ["error": "\(error)"])
    }
  }
}
