import Logging
import NIOCore

/// Answers the catalog's requests on the event loop of their connection, before the HTTP decoder and all behind it see them:
/// hits at once, others when what they need has come. Bytes in, bytes out; what it does not answer passes untouched.
///
/// A request is answered here only when nothing before it on the connection is unanswered and the peer reads what it is
/// sent, and what comes after one that waits waits as well; so answers keep their order, and a peer that does not read is
/// held back by the server behind.
final class HitHandler: ChannelDuplexHandler, RemovableChannelHandler {
  typealias InboundIn = ByteBuffer
  typealias InboundOut = ByteBuffer
  typealias OutboundIn = IOData
  typealias OutboundOut = ByteBuffer

  /// A request that waits for its answer, and what has come since.
  private struct Wait {
    /// Nil while nothing but a look has been begun.
    var task: Task<Void, Never>?
    var bytes: ByteBuffer
    var events: [Any] = []
    /// Whether somebody wants more bytes.
    var isReadWanted = false
  }

  /// More bytes than that are not read while a request waits.
  private static let mostHeld = 64 << 10

  private let hits: HitResponder
  private let here: HitResponder.Here
  private let progress: ConnectionProgress
  private let isDraining: @Sendable () -> Bool
  private let logger: Logger
  private var wait: Wait?
  private var isWritable = true
  private var hasWritten = false
  private var hasPassedOn = false

  /// For one connection, to be made on its event loop.
  init(
    _ hits: HitResponder, _ channel: any Channel, _ progress: ConnectionProgress, logger: Logger,
    isDraining: @escaping @Sendable () -> Bool
  ) {
    self.hits = hits
    self.progress = progress
    self.logger = logger
    self.isDraining = isDraining
    let caller = HitCaller(peer: ClientAddress.peer(channel))
    here = NIOLoopBound((caller, hits.memories.memory(of: channel.eventLoop)), eventLoop: channel.eventLoop)
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    let bytes = unwrapInboundIn(data)
    if wait == nil { take(bytes, context) } else { wait?.bytes.writeImmutableBuffer(bytes) }
  }

  func channelReadComplete(context: ChannelHandlerContext) {
    // Who asked for bytes has none of these: the channel would ask all handlers again.
    if !hasPassedOn { read(context: context) }
    complete(context)
  }

  func read(context: ChannelHandlerContext) {
    if let wait, wait.bytes.readableBytes >= Self.mostHeld { self.wait?.isReadWanted = true } else { context.read() }
  }

  func channelInactive(context: ChannelHandlerContext) {
    giveUp()
    context.fireChannelInactive()
  }

  func handlerRemoved(context: ChannelHandlerContext) { giveUp() }

  func channelWritabilityChanged(context: ChannelHandlerContext) {
    isWritable = context.channel.isWritable
    context.fireChannelWritabilityChanged()
  }

  /// A wish to close the connection waits until the socket has taken the answers: the server behind knows nothing of them.
  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    guard wait == nil else {
      wait?.events.append(event)
      return
    }
    guard event is ChannelShouldQuiesceEvent else { return context.fireUserInboundEventTriggered(event) }
    hasPassedOn = true
    let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
    let sent = context.eventLoop.makePromise(of: Void.self)
    sent.futureResult.whenComplete { _ in bound.value.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent()) }
    context.writeAndFlush(wrapOutboundOut(ByteBuffer()), promise: sent)
  }

  private func complete(_ context: ChannelHandlerContext) {
    flush(context)
    guard hasPassedOn else { return }
    hasPassedOn = false
    context.fireChannelReadComplete()
  }

  private func flush(_ context: ChannelHandlerContext) {
    guard hasWritten else { return }
    hasWritten = false
    context.flush()
  }

  /// Answers the requests that bytes begin with, and passes on what is left.
  private func take(_ bytes: ByteBuffer, _ context: ChannelHandlerContext) {
    var bytes = bytes
    if progress.isIdle, !isDraining() {
      let (caller, memory) = here.value
      requests: while bytes.readableBytes > 0 {
        // What the socket takes at once is no reason to stop.
        if !isWritable { flush(context) }
        guard isWritable, let request = caller.request(bytes.readableBytesUInt8Span, memory) else { break }
        switch hits.answer(request, bytes, caller, memory) {
        case .answered(let hit): write(hit, context)
        case .asked(let question, let look):
          bytes.moveReaderIndex(forwardBy: request.head.length)
          progress.lastMove = context.eventLoop.now
          wait = Wait(bytes: bytes)
          if let look { self.look(look, question, context) } else { ask(question, context) }
          return
        case .passed: break requests
        }
        bytes.moveReaderIndex(forwardBy: request.head.length)
      }
    }
    if bytes.readableBytes > 0 { passOn(bytes, context) }
  }

  private func write(_ hit: HitResponder.Hit, _ context: ChannelHandlerContext) {
    progress.lastMove = context.eventLoop.now
    context.write(wrapOutboundOut(hit.head), promise: nil)
    if let body = hit.body { context.write(wrapOutboundOut(body), promise: nil) }
    hasWritten = true
  }

  /// Looks for the answer in a store that instances share; asks for it when it is not found.
  private func look(_ look: HitResponder.Look, _ question: HitResponder.Question, _ context: ChannelHandlerContext) {
    let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
    hits.look(look, question, here, context.eventLoop) { hit in
      let (handler, context) = bound.value
      if let hit { handler.finish(question, hit, context) } else { handler.ask(question, context) }
    }
  }

  /// Asks for the answer in a task, unless the peer has gone meanwhile.
  private func ask(_ question: HitResponder.Question, _ context: ChannelHandlerContext) {
    guard wait != nil else { return }
    let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
    wait?.task = Task(executorPreference: here.value.memory.executor) { [hits, here, logger] in
      let hit = await hits.answer(question, here, logger)
      let (handler, context) = bound.value
      handler.finish(question, hit, context)
    }
  }

  /// The request that waited has its answer, or is the router's after all.
  private func finish(_ question: HitResponder.Question, _ hit: HitResponder.Hit?, _ context: ChannelHandlerContext) {
    guard let waited = wait else { return }
    wait = nil
    if let hit {
      write(hit, context)
      if waited.bytes.readableBytes > 0 { take(waited.bytes, context) }
    } else {
      var bytes = question.bytes
      bytes.writeImmutableBuffer(waited.bytes)
      passOn(bytes, context)
    }
    complete(context)
    for event in waited.events { userInboundEventTriggered(context: context, event: event) }
    if waited.isReadWanted { read(context: context) }
  }

  /// The peer has gone.
  private func giveUp() {
    wait?.task?.cancel()
    wait = nil
  }

  /// Hands bytes to the decoder, the last one by itself: when a request ends with it, the decoder holds no more than that.
  private func passOn(_ bytes: ByteBuffer, _ context: ChannelHandlerContext) {
    var bytes = bytes
    hasPassedOn = true
    if bytes.readableBytes > 1, let most = bytes.readSlice(length: bytes.readableBytes - 1) {
      context.fireChannelRead(wrapInboundOut(most))
    }
    let ended = progress.ended
    context.fireChannelRead(wrapInboundOut(bytes))
    progress.isAtBoundary = progress.ended == ended + 1
  }
}
