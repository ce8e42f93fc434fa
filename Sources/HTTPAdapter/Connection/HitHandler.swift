import NIOCore

/// Answers hits on the event loop of their connection, before the HTTP decoder and all behind it see them. Bytes in,
/// bytes out; what it does not answer passes untouched.
///
/// A request is answered here only when nothing before it on the connection is unanswered and the peer reads what it is
/// sent; so answers keep their order, and a peer that does not read is held back by the server behind.
final class HitHandler: ChannelInboundHandler, RemovableChannelHandler {
  typealias InboundIn = ByteBuffer
  typealias InboundOut = ByteBuffer
  typealias OutboundOut = ByteBuffer

  private let hits: HitResponder
  private let memory: HitMemory
  private let progress: ConnectionProgress
  private let isDraining: @Sendable () -> Bool
  private let caller: HitCaller
  private var isWritable = true
  private var hasWritten = false
  private var hasPassedOn = false

  /// For one connection, to be made on its event loop.
  init(
    _ hits: HitResponder, _ channel: any Channel, _ progress: ConnectionProgress,
    isDraining: @escaping @Sendable () -> Bool
  ) {
    self.hits = hits
    self.progress = progress
    self.isDraining = isDraining
    memory = hits.memories.memory(of: channel.eventLoop)
    caller = HitCaller(peer: ClientAddress.peer(channel))
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    var bytes = unwrapInboundIn(data)
    if progress.isIdle, !isDraining() {
      while bytes.readableBytes > 0 {
        // What the socket takes at once is no reason to stop.
        if !isWritable { flush(context) }
        guard isWritable, answer(&bytes, context) else { break }
      }
    }
    if bytes.readableBytes > 0 { passOn(bytes, context) }
  }

  func channelReadComplete(context: ChannelHandlerContext) {
    flush(context)
    guard hasPassedOn else { return }
    hasPassedOn = false
    context.fireChannelReadComplete()
  }

  func channelWritabilityChanged(context: ChannelHandlerContext) {
    isWritable = context.channel.isWritable
    context.fireChannelWritabilityChanged()
  }

  /// A wish to close the connection waits until the socket has taken the answers: the server behind knows nothing of them.
  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    guard event is ChannelShouldQuiesceEvent else { return context.fireUserInboundEventTriggered(event) }
    hasPassedOn = true
    let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
    let sent = context.eventLoop.makePromise(of: Void.self)
    sent.futureResult.whenComplete { _ in bound.value.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent()) }
    context.writeAndFlush(wrapOutboundOut(ByteBuffer()), promise: sent)
  }

  private func flush(_ context: ChannelHandlerContext) {
    guard hasWritten else { return }
    hasWritten = false
    context.flush()
  }

  private func answer(_ bytes: inout ByteBuffer, _ context: ChannelHandlerContext) -> Bool {
    guard let (hit, length) = hit(bytes) else { return false }
    bytes.moveReaderIndex(forwardBy: length)
    progress.lastMove = context.eventLoop.now
    context.write(wrapOutboundOut(hit.head), promise: nil)
    if let body = hit.body { context.write(wrapOutboundOut(body), promise: nil) }
    hasWritten = true
    return true
  }

  private func hit(_ bytes: ByteBuffer) -> (HitResponder.Hit, length: Int)? {
    let bytes = bytes.readableBytesUInt8Span
    guard let head = PlainHead(bytes), let hit = hits.answer(head, bytes, caller, memory) else { return nil }
    return (hit, head.length)
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
