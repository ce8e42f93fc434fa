import HTTPTypes
import Kernel
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
    /// From the head of a request to the end of its body, and again as long as each such time brings `bodyProgress`.
    package var bodyTime: TimeAmount
    /// Bytes that earn a large body more time.
    package var bodyProgress = 2 << 20
    /// Bytes of one body, also of one that was refused and is read only to be dropped.
    package var bodyBytes: Int

    package init(
      idleTime: TimeAmount = .seconds(60), drainTime: TimeAmount = .minutes(5), bodyTime: TimeAmount = .seconds(30),
      bodyBytes: Int = 80 << 20
    ) {
      self.idleTime = idleTime
      self.drainTime = drainTime
      self.bodyTime = bodyTime
      self.bodyBytes = bodyBytes
    }
  }

  private let bounds: Bounds
  private let newID: IDGenerator
  private let date: SharedDateField
  /// Shared with handlers that answer before this one sees a request.
  private let progress: ConnectionProgress
  private var idleCheck: Scheduled<Void>?
  private var bodyDeadline: Scheduled<Void>?
  private var bytes = 0
  private var bytesWhenChecked = 0
  /// Requests whose answer has not been written whole.
  private var unanswered = 0
  /// Whether the newest request has yet to end.
  private var isOpen = false
  /// Whether an answer has been begun and not written whole.
  private var isAnswering = false
  /// What was wrong with the bytes after the last request that was well-formed.
  private var fault: (any Error)?
  /// Whether the answer to a fault has been given, so that nothing may follow.
  private var hasRefused = false

  convenience init(bounds: Bounds = Bounds(), newID: IDGenerator, date: SharedDateField) {
    self.init(bounds: bounds, newID: newID, date: date, progress: ConnectionProgress())
  }

  init(bounds: Bounds = Bounds(), newID: IDGenerator, date: SharedDateField, progress: ConnectionProgress) {
    self.bounds = bounds
    self.newID = newID
    self.date = date
    self.progress = progress
  }

  package func handlerAdded(context: ChannelHandlerContext) {
    progress.lastMove = context.eventLoop.now
    checkIdle(context, at: progress.lastMove + bounds.idleTime)
  }

  package func handlerRemoved(context: ChannelHandlerContext) { cancel() }

  package func channelInactive(context: ChannelHandlerContext) {
    cancel()
    context.fireChannelInactive()
  }

  package func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    guard fault == nil else { return }
    progress.lastMove = context.eventLoop.now
    switch unwrapInboundIn(data) {
    case .head(let head): begin(head, context)
    case .body(let part):
      bytes += part.readableBytes
      if bodyDeadline == nil { startBodyDeadline(context) }
      if bytes > bounds.bodyBytes { context.close(promise: nil) }
    case .end:
      isOpen = false
      bodyDeadline?.cancel()
      bodyDeadline = nil
    }
    context.fireChannelRead(data)
  }

  package func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    guard !hasRefused else {
      promise?.fail(ChannelError.outputClosed)
      return
    }
    let part = unwrapOutboundIn(data)
    if case .head(let head) = part { isAnswering = head.status.kind != .informational }
    context.write(data, promise: promise)
    guard case .end = part else { return }
    isAnswering = false
    unanswered -= 1
    progress.lastMove = context.eventLoop.now
    if let fault { refuse(context, fault) }
  }

  package func errorCaught(context: ChannelHandlerContext, error: any Error) {
    // What the decoder says once it has stopped tells nothing new.
    guard fault == nil else { return }
    if !(error is MalformedHead) {
      // Bytes after the last request are nobody's, whatever they are.
      if progress.isLast, progress.begun == progress.ended { return }
      guard error is HTTPParserError else { return context.fireErrorCaught(error) }
    }
    fault = error
    bodyDeadline?.cancel()
    refuse(context, error)
  }

  private func begin(_ head: HTTPRequest, _ context: ChannelHandlerContext) {
    unanswered += 1
    isOpen = true
    (bytes, bytesWhenChecked) = (0, 0)
    let length = head.headerFields[.contentLength]
    guard length != nil || head.headerFields[.transferEncoding] != nil else { return }
    startBodyDeadline(context)
    let declared = length.flatMap { Int($0) } ?? 0
    if head.headerFields[.expect]?.lowercased() == "100-continue", declared <= Call.maximumBody(at: head.path),
      // Else it would stand between the answers of earlier requests.
      unanswered == 1
    {
      context.writeAndFlush(wrapOutboundOut(.head(HTTPResponse(status: .continue))), promise: nil)
    }
  }

  /// Over HTTP/2 a body needs no field that announces it, so its first part may be what starts the time.
  private func startBodyDeadline(_ context: ChannelHandlerContext) {
    let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
    bodyDeadline = context.eventLoop.scheduleTask(in: bounds.bodyTime) {
      let (handler, context) = bound.value
      let progress = handler.bytes - handler.bytesWhenChecked
      guard progress >= handler.bounds.bodyProgress else { return context.close(promise: nil) }
      handler.bytesWhenChecked = handler.bytes
      handler.startBodyDeadline(context)
    }
  }

  /// One timer a connection, set anew only when it goes off, since a request must not pay for it.
  private func checkIdle(_ context: ChannelHandlerContext, at deadline: NIODeadline) {
    let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
    idleCheck = context.eventLoop.scheduleTask(deadline: deadline) {
      let (handler, context) = bound.value
      // What the peer has yet to take moves without being seen here.
      let patience = context.channel.isWritable ? handler.bounds.idleTime : handler.bounds.drainTime
      let due = handler.progress.lastMove + patience
      if due <= context.eventLoop.now { context.close(promise: nil) } else { handler.checkIdle(context, at: due) }
    }
  }

  private func cancel() {
    idleCheck?.cancel()
    bodyDeadline?.cancel()
  }

  /// Answers bytes that are not HTTP, once all requests before them are answered. When they are in the body of a request,
  /// it is its answer, unless that has been begun: an answer cannot be cut into.
  private func refuse(_ context: ChannelHandlerContext, _ error: any Error) {
    let before = unanswered - (isOpen ? 1 : 0)
    guard before <= 0 else { return }
    hasRefused = true
    if before < 0 || (isOpen && isAnswering) { return context.close(promise: nil) }
    let refusal = DomainError(.malformedRequest, "The request is not well-formed HTTP.")
    let problem = Problem(refusal, underlying: error)
    let requestID = newID.uniqueID().description
    var head = problem.response(requestID: requestID).head
    head.headerFields[.connection] = "close"
    head.headerFields[.requestID] = requestID
    head.headerFields[.date] = date.value
    context.write(wrapOutboundOut(.head(head)), promise: nil)
    context.write(wrapOutboundOut(.body(problem.body(requestID: requestID))), promise: nil)
    context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
    context.closeGently()
  }
}
