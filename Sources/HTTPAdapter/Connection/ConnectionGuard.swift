import HTTPTypes
package import Kernel
package import NIOCore
import NIOHTTP1
package import NIOHTTPTypes

/// Keeps one connection honest: a body must arrive in time, something must move, a head that cannot be parsed is answered
/// with a problem, and a client that waits to be told to go on is told so.
///
/// Sits between the HTTP codec and the server. A connection that breaks a rule is closed; over HTTP/2, its stream.
package final class ConnectionGuard: ChannelDuplexHandler, RemovableChannelHandler {
  package typealias InboundIn = HTTPRequestPart
  package typealias InboundOut = HTTPRequestPart
  package typealias OutboundIn = HTTPResponsePart
  package typealias OutboundOut = HTTPResponsePart

  /// What one connection may do.
  package struct Bounds: Sendable {
    /// How long nothing may move. Bytes of a head that is not complete do not count, so it bounds slow heads too.
    package var idleTime: TimeAmount
    /// The same while the peer has not taken what it was sent.
    package var drainTime: TimeAmount
    /// From the head of a request to the end of its body.
    package var bodyTime: TimeAmount
    /// Bytes of one body, also of one that was refused and is read only to be dropped.
    package var bodyBytes: Int

    package init(
      idleTime: TimeAmount = .seconds(60), drainTime: TimeAmount = .minutes(5), bodyTime: TimeAmount = .seconds(30),
      bodyBytes: Int = 64 << 20
    ) {
      self.idleTime = idleTime
      self.drainTime = drainTime
      self.bodyTime = bodyTime
      self.bodyBytes = bodyBytes
    }
  }

  private let bounds: Bounds
  private let newID: IDGenerator
  private var idleCheck: Scheduled<Void>?
  private var bodyDeadline: Scheduled<Void>?
  private var lastMove = NIODeadline.uptimeNanoseconds(0)
  private var bytes = 0
  /// Requests whose answer has not been written whole.
  private var unanswered = 0

  package init(bounds: Bounds = Bounds(), newID: IDGenerator) {
    self.bounds = bounds
    self.newID = newID
  }

  package func handlerAdded(context: ChannelHandlerContext) {
    lastMove = context.eventLoop.now
    checkIdle(context, at: lastMove + bounds.idleTime)
  }

  package func handlerRemoved(context: ChannelHandlerContext) { cancel() }

  package func channelInactive(context: ChannelHandlerContext) {
    cancel()
    context.fireChannelInactive()
  }

  package func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    lastMove = context.eventLoop.now
    switch unwrapInboundIn(data) {
    case .head(let head): begin(head, context)
    case .body(let part):
      bytes += part.readableBytes
      if bodyDeadline == nil { startBodyDeadline(context) }
      if bytes > bounds.bodyBytes { context.close(promise: nil) }
    case .end:
      bodyDeadline?.cancel()
      bodyDeadline = nil
    }
    context.fireChannelRead(data)
  }

  package func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    if case .end = unwrapOutboundIn(data) {
      unanswered -= 1
      lastMove = context.eventLoop.now
    }
    context.write(data, promise: promise)
  }

  package func errorCaught(context: ChannelHandlerContext, error: any Error) {
    guard error is HTTPParserError else { return context.fireErrorCaught(error) }
    // An answer that is being written cannot be cut into.
    if unanswered == 0 { refuse(context, error) }
    context.close(promise: nil)
  }

  private func begin(_ head: HTTPRequest, _ context: ChannelHandlerContext) {
    unanswered += 1
    bytes = 0
    let length = head.headerFields[.contentLength]
    guard length != nil || head.headerFields[.transferEncoding] != nil else { return }
    startBodyDeadline(context)
    let declared = length.flatMap { Int($0) } ?? 0
    if head.headerFields[.expect]?.lowercased() == "100-continue", declared <= Call.maximumBody,
      // Else it would stand between the answers of earlier requests.
      unanswered == 1
    {
      context.writeAndFlush(wrapOutboundOut(.head(HTTPResponse(status: .continue))), promise: nil)
    }
  }

  /// Over HTTP/2 a body needs no field that announces it, so its first part may be what starts the time.
  private func startBodyDeadline(_ context: ChannelHandlerContext) {
    let channel = context.channel
    bodyDeadline = context.eventLoop.scheduleTask(in: bounds.bodyTime) { channel.close(promise: nil) }
  }

  /// One timer a connection, set anew only when it goes off, since a request must not pay for it.
  private func checkIdle(_ context: ChannelHandlerContext, at deadline: NIODeadline) {
    let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
    idleCheck = context.eventLoop.scheduleTask(deadline: deadline) {
      let (handler, context) = bound.value
      // What the peer has yet to take moves without being seen here.
      let patience = context.channel.isWritable ? handler.bounds.idleTime : handler.bounds.drainTime
      let due = handler.lastMove + patience
      if due <= context.eventLoop.now { context.close(promise: nil) } else { handler.checkIdle(context, at: due) }
    }
  }

  private func cancel() {
    idleCheck?.cancel()
    bodyDeadline?.cancel()
  }

  private func refuse(_ context: ChannelHandlerContext, _ error: any Error) {
    let refusal = DomainError(.malformedRequest, "The request is not well-formed HTTP.")
    let problem = Problem(refusal, underlying: error)
    let requestID = newID.uniqueID().description
    var head = problem.response(requestID: requestID).head
    head.headerFields[.connection] = "close"
    head.headerFields[.requestID] = requestID
    context.write(wrapOutboundOut(.head(head)), promise: nil)
    context.write(wrapOutboundOut(.body(problem.body(requestID: requestID))), promise: nil)
    context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
  }
}
