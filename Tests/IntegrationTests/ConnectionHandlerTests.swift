import HTTPTypes
import Kernel
import NIOCore
import NIOEmbedded
import NIOHTTPTypes
import PortContracts
import Testing

@testable import Bootstrap
@testable import HTTPAdapter

/// Stands for the server behind the handlers: keeps what reaches it.
private final class Behind: ChannelInboundHandler {
  typealias InboundIn = HTTPRequestPart
  var heads: [HTTPRequest] = []
  var wasToldToQuiesce = false

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    if case .head(let head) = unwrapInboundIn(data) { heads.append(head) }
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if event is ChannelShouldQuiesceEvent { wasToldToQuiesce = true }
  }
}

@Suite("Connection handlers")
struct ConnectionHandlerTests {
  static func request(_ path: String, _ method: HTTPRequest.Method = .get, _ fields: HTTPFields = [:]) -> HTTPRequest {
    HTTPRequest(
      method: method, scheme: "http", authority: "x", path: path, headerFields: Sender.willow.headers + fields)
  }

  /// The statuses of the answers written so far.
  private static func statuses(_ channel: EmbeddedChannel) throws -> [Int] {
    var statuses: [Int] = []
    while let part = try channel.readOutbound(as: HTTPResponsePart.self) {
      if case .head(let head) = part { statuses.append(head.status.code) }
    }
    return statuses
  }

  private static let newID = IDGenerator(clock: ManualClock(), random: SystemRandomSource())

  private static func close(_ channel: EmbeddedChannel) { _ = try? channel.finish(acceptAlreadyClosed: true) }

  private static func guarded() throws -> EmbeddedChannel {
    try connected([ConnectionGuard(bounds: .init(bodyBytes: 100), newID: newID)])
  }

  private static func connected(_ handlers: [any ChannelHandler]) throws -> EmbeddedChannel {
    let channel = EmbeddedChannel(handlers: handlers)
    try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
    return channel
  }

  @Test("A connection on which nothing moves for a minute is closed; whatever moves starts the minute anew")
  func idle() throws {
    let channel = try Self.guarded()
    defer { Self.close(channel) }
    for _ in 0..<3 {
      channel.embeddedEventLoop.advanceTime(by: .seconds(40))
      #expect(channel.isActive)
      try channel.writeInbound(HTTPRequestPart.head(Self.request("/packages")))
      try channel.writeInbound(HTTPRequestPart.end(nil))
    }
    channel.embeddedEventLoop.advanceTime(by: .seconds(59))
    #expect(channel.isActive)
    channel.embeddedEventLoop.advanceTime(by: .seconds(2))
    #expect(!channel.isActive)
  }

  @Test("A body that drips for 30 seconds closes its connection; one that ends in time does not")
  func drip() throws {
    for ends in [true, false] {
      let channel = try Self.guarded()
      defer { Self.close(channel) }
      try channel.writeInbound(HTTPRequestPart.head(Self.request("/x", .post, [.contentLength: "50"])))
      for _ in 0..<5 {
        channel.embeddedEventLoop.advanceTime(by: .seconds(5))
        try channel.writeInbound(HTTPRequestPart.body(ByteBuffer(string: "x")))
      }
      if ends { try channel.writeInbound(HTTPRequestPart.end(nil)) }
      channel.embeddedEventLoop.advanceTime(by: .seconds(10))
      #expect(channel.isActive == ends)
    }
  }

  @Test("A body past all bounds closes its connection, declared or not")
  func flood() throws {
    let channel = try Self.guarded()
    defer { Self.close(channel) }
    try channel.writeInbound(HTTPRequestPart.head(Self.request("/x", .post, [.transferEncoding: "chunked"])))
    try channel.writeInbound(HTTPRequestPart.body(ByteBuffer(repeating: 0, count: 100)))
    #expect(channel.isActive)
    try channel.writeInbound(HTTPRequestPart.body(ByteBuffer(repeating: 0, count: 1)))
    #expect(!channel.isActive)
  }

  /// Runs `body` with a channel of the shop's own handlers, the list of packages being in memory.
  private func withHandlers(_ body: @escaping @Sendable (EmbeddedChannel, Behind) throws -> Void) async throws {
    try await Shop.open { (shop: Shop) async throws in
      _ = try await shop.get("/packages")
      let behind = Behind()
      let channel = try Self.connected(shop.api.connectionHandlers() + [behind])
      defer { Self.close(channel) }
      try body(channel, behind)
    }
  }

  @Test("A hit is answered before the server sees it; what is behind an unanswered request is not")
  func order() async throws {
    try await withHandlers { channel, behind in
      try channel.writeInbound(HTTPRequestPart.head(Self.request("/packages")))
      try channel.writeInbound(HTTPRequestPart.end(nil))
      #expect(try Self.statuses(channel) == [200])
      #expect(behind.heads.isEmpty)
      for path in ["/packages/nowhere", "/packages"] {
        try channel.writeInbound(HTTPRequestPart.head(Self.request(path)))
        try channel.writeInbound(HTTPRequestPart.end(nil))
      }
      #expect(behind.heads.map(\.path) == ["/packages/nowhere", "/packages"])
      #expect(try Self.statuses(channel).isEmpty)
      for _ in 0..<2 {
        try channel.writeOutbound(HTTPResponsePart.head(HTTPResponse(status: .notFound)))
        try channel.writeOutbound(HTTPResponsePart.end(nil))
      }
      _ = try Self.statuses(channel)
      try channel.writeInbound(HTTPRequestPart.head(Self.request("/packages")))
      try channel.writeInbound(HTTPRequestPart.end(nil))
      #expect(try Self.statuses(channel) == [200])
      #expect(behind.heads.count == 2)
    }
  }

  @Test(
    "Requests with a body, with an expectation or that end the connection are the server's",
    arguments: [
      HTTPFields(dictionaryLiteral: (.contentLength, "0")), [.transferEncoding: "chunked"], [.connection: "close"],
      [.expect: "100-continue"],
    ])
  func passedOn(_ fields: HTTPFields) async throws {
    try await withHandlers { channel, behind in
      try channel.writeInbound(HTTPRequestPart.head(Self.request("/packages", .get, fields)))
      #expect(behind.heads.count == 1)
    }
  }

  @Test("A peer that does not read what it is sent gets no more answers from the event loop")
  func backPressure() async throws {
    try await withHandlers { channel, behind in
      channel.isWritable = false
      try channel.writeInbound(HTTPRequestPart.head(Self.request("/packages")))
      #expect(behind.heads.count == 1)
    }
  }

  @Test("A wish to close waits until the socket has taken the answers")
  func quiesce() async throws {
    try await withHandlers { channel, behind in
      channel.pipeline.fireChannelRead(HTTPRequestPart.head(Self.request("/packages")))
      channel.pipeline.fireChannelRead(HTTPRequestPart.end(nil))
      channel.pipeline.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent())
      #expect(!behind.wasToldToQuiesce)
      channel.pipeline.fireChannelReadComplete()
      channel.embeddedEventLoop.run()
      #expect(behind.wasToldToQuiesce)
      let statuses = try Self.statuses(channel)
      #expect(statuses == [200])
    }
  }
}
