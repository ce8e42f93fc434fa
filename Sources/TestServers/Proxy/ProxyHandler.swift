import NIOCore

/// Passes what one end sends to the other, as the proxy's faults have it.
final class ProxyHandler: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  private weak var proxy: FaultProxy?
  private let peer: any Channel
  private let isFromServer: Bool
  private var sieve = MessageSieve()
  /// What is held back, in order: no byte overtakes another, however late a timer runs.
  private var held = CircularBuffer<(due: NIODeadline, piece: ByteBuffer)>()

  init(_ proxy: FaultProxy, to peer: any Channel, isFromServer: Bool) {
    self.proxy = proxy
    self.peer = peer
    self.isFromServer = isFromServer
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    guard let proxy else { return context.close(promise: nil) }
    var bytes = unwrapInboundIn(data)
    if isFromServer, let drops = proxy.faults.dropsMessage {
      bytes = sieve.sift(bytes, drops)
      guard bytes.readableBytes > 0 else { return }
    }
    let isFromServer = isFromServer
    switch proxy.state.withLock({ $0.fate(of: bytes, isFromServer: isFromServer) }) {
    case .dropped: return
    case .reset:
      // Whichever end is the client's.
      FaultProxy.reset(isFromServer ? peer : context.channel)
      context.close(promise: nil)
    case .passed(let pieces, let delay):
      let due = max(NIODeadline.now() + delay, held.last?.due ?? .now())
      for piece in pieces { held.append((due, piece)) }
      guard delay > .zero else { return release(until: due) }
      context.eventLoop.assumeIsolated().scheduleTask(deadline: due) { self.release(until: due) }
    }
  }

  /// Passes on what is due.
  private func release(until time: NIODeadline) {
    while let first = held.first, first.due <= time { peer.writeAndFlush(held.removeFirst().piece, promise: nil) }
  }

  func channelInactive(context: ChannelHandlerContext) {
    peer.close(promise: nil)
    context.fireChannelInactive()
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}

extension FaultProxy.State {
  /// What happens to bytes.
  enum Fate: Sendable {
    case dropped
    case reset
    case passed([ByteBuffer], delay: TimeAmount)
  }

  mutating func fate(of bytes: ByteBuffer, isFromServer: Bool) -> Fate {
    if isFromServer ? faults.dropsFromServer : faults.dropsFromClient { return .dropped }
    if isFromServer, faults.resetProbability > 0, Double.random(in: 0..<1, using: &random) < faults.resetProbability {
      resets += 1
      return .reset
    }
    var delay = TimeAmount.zero
    if isFromServer { delay = Self.amount(faults.delay + faults.jitter * Double.random(in: 0...1, using: &random)) }
    guard let largest = faults.pieceBytes else { return .passed([bytes], delay: delay) }
    var (rest, pieces) = (bytes, [ByteBuffer]())
    while rest.readableBytes > 0 {
      let count = min(rest.readableBytes, Int.random(in: 1...largest, using: &random))
      if let piece = rest.readSlice(length: count) { pieces.append(piece) }
    }
    return .passed(pieces, delay: delay)
  }

  private static func amount(_ duration: Duration) -> TimeAmount {
    let (seconds, attoseconds) = duration.components
    return .nanoseconds(seconds * 1_000_000_000 + attoseconds / 1_000_000_000)
  }
}

/// SplitMix64 (Steele, Lea, Flood, OOPSLA 2014): the same numbers for the same seed.
struct SeededGenerator: RandomNumberGenerator, Sendable {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
