import NIOCore

/// Closes a connection on which nothing moves either way for too long, whatever its peer has been told.
final class SilenceGuard: ChannelDuplexHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundIn = ByteBuffer

  private let limit: TimeAmount
  private var lastMove = NIODeadline.uptimeNanoseconds(0)
  private var check: Scheduled<Void>?

  init(limit: TimeAmount) { self.limit = limit }

  func handlerAdded(context: ChannelHandlerContext) {
    lastMove = context.eventLoop.now
    checkSilence(context, at: lastMove + limit)
  }

  func handlerRemoved(context: ChannelHandlerContext) { check?.cancel() }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    lastMove = context.eventLoop.now
    context.fireChannelRead(data)
  }

  func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    lastMove = context.eventLoop.now
    context.write(data, promise: promise)
  }

  /// One timer a connection, set anew only when it goes off.
  private func checkSilence(_ context: ChannelHandlerContext, at deadline: NIODeadline) {
    let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
    check = context.eventLoop.scheduleTask(deadline: deadline) {
      let (handler, context) = bound.value
      let due = handler.lastMove + handler.limit
      if due <= context.eventLoop.now { context.close(promise: nil) } else { handler.checkSilence(context, at: due) }
    }
  }
}
