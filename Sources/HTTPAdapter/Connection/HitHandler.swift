import HTTPTypes
import Kernel
package import NIOCore
package import NIOHTTPTypes

/// Answers hits on the event loop of their connection, before Hummingbird's bridge to tasks sees them. All else passes.
///
/// A request is answered here only when it has no body, nothing before it on the connection is unanswered and the peer
/// reads what it is sent; so answers keep their order, and a peer that does not read is held back by the server behind.
/// Sits between ``ConnectionGuard`` and the server.
package final class HitHandler: ChannelDuplexHandler, RemovableChannelHandler {
  package typealias InboundIn = HTTPRequestPart
  package typealias InboundOut = HTTPRequestPart
  package typealias OutboundIn = HTTPResponsePart
  package typealias OutboundOut = HTTPResponsePart

  private let hits: HitResponder
  private let date: DateField
  /// Requests passed on whose answer has not been written whole.
  private var passedOn = 0
  /// Whether the rest of the request that is coming in belongs to one that was answered here.
  private var isAnswered = false
  private var hasWritten = false
  /// The address the connection comes from, once it has been asked for.
  private var knownPeer: String?
  /// Answers of ours that the socket has not taken yet.
  private var unsent = 0
  /// A wish to close the connection, held back until the socket has taken our answers.
  private var quiesce: Any?

  init(hits: HitResponder, date: DateField) {
    self.hits = hits
    self.date = date
  }

  package func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch unwrapInboundIn(data) {
    case .head(let head):
      if let reply = reply(head, context) {
        isAnswered = true
        write(reply, context)
        return
      }
      isAnswered = false
      passedOn += 1
    case .body: if isAnswered { return }
    case .end: if isAnswered { return }
    }
    context.fireChannelRead(data)
  }

  package func channelReadComplete(context: ChannelHandlerContext) {
    if hasWritten {
      hasWritten = false
      context.flush()
    }
    context.fireChannelReadComplete()
  }

  package func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    if case .end = unwrapOutboundIn(data) { passedOn -= 1 }
    context.write(data, promise: promise)
  }

  package func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if event is ChannelShouldQuiesceEvent, unsent > 0 {
      quiesce = event
    } else {
      context.fireUserInboundEventTriggered(event)
    }
  }

  private func reply(_ head: HTTPRequest, _ context: ChannelHandlerContext) -> Reply? {
    let fields = head.headerFields
    guard passedOn == 0, quiesce == nil, context.channel.isWritable, fields[.contentLength] == nil,
      fields[.transferEncoding] == nil, fields[.connection] == nil || fields[.connection]?.lowercased() == "keep-alive",
      fields[.expect] == nil
    else { return nil }
    return hits.reply(head, peer: peer(context))
  }

  private func peer(_ context: ChannelHandlerContext) -> String {
    if let knownPeer { return knownPeer }
    let peer = ClientAddress.peer(context.channel)
    knownPeer = peer
    return peer
  }

  private func write(_ reply: Reply, _ context: ChannelHandlerContext) {
    var head = HTTPResponse(status: reply.status, headerFields: reply.headers)
    head.headerFields.append(HTTPField(name: .date, value: date.value))
    context.write(wrapOutboundOut(.head(head)), promise: nil)
    if let body = reply.body { context.write(wrapOutboundOut(.body(body)), promise: nil) }
    let sent = context.eventLoop.makePromise(of: Void.self)
    unsent += 1
    let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
    sent.futureResult.whenComplete { _ in
      let (handler, context) = bound.value
      handler.unsent -= 1
      guard handler.unsent == 0, let event = handler.quiesce else { return }
      handler.quiesce = nil
      context.fireUserInboundEventTriggered(event)
    }
    context.write(wrapOutboundOut(.end(nil)), promise: sent)
    hasWritten = true
  }
}
