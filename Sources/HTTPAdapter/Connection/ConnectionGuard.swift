import HTTPTypes
import Kernel
package import NIOCore
import NIOHTTP1
package import NIOHTTPTypes

/// Keeps one connection honest: a body must arrive in time, what cannot be parsed is answered with a problem, and a client
/// that waits to be told to go on is told so.
///
/// Sits between the HTTP codec and the server. A connection that breaks a rule is closed.
package final class ConnectionGuard: ChannelDuplexHandler, RemovableChannelHandler {
  package typealias InboundIn = HTTPRequestPart
  package typealias InboundOut = HTTPRequestPart
  package typealias OutboundIn = HTTPResponsePart
  package typealias OutboundOut = HTTPResponsePart

  /// What one connection may do.
  package struct Bounds: Sendable {
    /// From the head of a request to the end of its body.
    package var bodyTime: TimeAmount
    /// Bytes of one body that are read and dropped after it was refused.
    package var bodyBytes: Int

    package init(bodyTime: TimeAmount = .seconds(30), bodyBytes: Int = 64 << 20) {
      self.bodyTime = bodyTime
      self.bodyBytes = bodyBytes
    }
  }

  private let bounds: Bounds
  private var deadline: Scheduled<Void>?
  private var bytes = 0
  /// Requests whose answer has not been written whole.
  private var unanswered = 0

  package init(bounds: Bounds = Bounds()) { self.bounds = bounds }

  package func handlerRemoved(context: ChannelHandlerContext) { deadline?.cancel() }

  package func channelInactive(context: ChannelHandlerContext) {
    deadline?.cancel()
    context.fireChannelInactive()
  }

  package func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch unwrapInboundIn(data) {
    case .head(let head):
      unanswered += 1
      bytes = 0
      if head.headerFields[.expect]?.lowercased() == "100-continue", Self.declaredLength(head) <= Call.maximumBody {
        context.writeAndFlush(wrapOutboundOut(.head(HTTPResponse(status: .continue))), promise: nil)
      }
      let channel = context.channel
      deadline = context.eventLoop.scheduleTask(in: bounds.bodyTime) { channel.close(promise: nil) }
    case .body(let part):
      bytes += part.readableBytes
      if bytes > bounds.bodyBytes { context.close(promise: nil) }
    case .end:
      deadline?.cancel()
      deadline = nil
    }
    context.fireChannelRead(data)
  }

  package func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    if case .end = unwrapOutboundIn(data) { unanswered -= 1 }
    context.write(data, promise: promise)
  }

  package func errorCaught(context: ChannelHandlerContext, error: any Error) {
    guard error is HTTPParserError else { return context.fireErrorCaught(error) }
    // An answer that is being written cannot be cut into.
    if unanswered == 0 { refuse(context, error) }
    context.close(promise: nil)
  }

  private func refuse(_ context: ChannelHandlerContext, _ error: any Error) {
    let refusal = DomainError(.malformedRequest, "The request is not well-formed HTTP.")
    let problem = Problem(refusal, underlying: error)
    var head = problem.response(requestID: "none").head
    head.headerFields[.connection] = "close"
    context.write(wrapOutboundOut(.head(head)), promise: nil)
    context.write(wrapOutboundOut(.body(problem.body(requestID: "none"))), promise: nil)
    context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
  }

  private static func declaredLength(_ head: HTTPRequest) -> Int {
    head.headerFields[.contentLength].flatMap { Int($0) } ?? 0
  }
}
