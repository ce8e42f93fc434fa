import Foundation
import HTTPTypes
import Kernel
import Logging
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
  var shop: Shop?

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    if case .head(let head) = unwrapInboundIn(data) { heads.append(head) }
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if event is ChannelShouldQuiesceEvent { wasToldToQuiesce = true }
  }
}

/// Counts who asks for more bytes at its place.
private final class Reads: ChannelOutboundHandler {
  typealias OutboundIn = Never
  var count = 0

  func read(context: ChannelHandlerContext) {
    count += 1
    context.read()
  }
}

@Suite("Connection handlers")
struct ConnectionHandlerTests {
  static func request(_ path: String, _ method: HTTPRequest.Method = .get, _ fields: HTTPFields = [:]) -> HTTPRequest {
    HTTPRequest(
      method: method, scheme: "http", authority: "x", path: path, headerFields: Sender.willow.headers + fields)
  }

  /// A request as bytes.
  private static func bytes(_ path: String, _ fields: HTTPFields = [:], version: String = "1.1") -> ByteBuffer {
    let fields = (Sender.willow.headers + fields).map { "\($0.name.rawName): \($0.value)\r\n" }.joined()
    return ByteBuffer(string: "GET \(path) HTTP/\(version)\r\nHost: x\r\n\(fields)\r\n")
  }

  /// All that has been written so far.
  private static func written(_ channel: EmbeddedChannel) throws -> String {
    var text = ""
    while let part = try channel.readOutbound(as: IOData.self) {
      if case .byteBuffer(let bytes) = part { text += String(buffer: bytes) }
    }
    return text
  }

  /// The statuses of the answers written so far.
  private static func statuses(_ channel: EmbeddedChannel) throws -> [Int] {
    try written(channel).components(separatedBy: "HTTP/1.1 ").dropFirst().compactMap { Int($0.prefix(3)) }
  }

  /// What the server behind answers.
  private static func answer(_ channel: EmbeddedChannel, _ status: HTTPResponse.Status = .notFound) throws {
    channel.pipeline.write(
      HTTPResponsePart.head(HTTPResponse(status: status, headerFields: [.contentLength: "0"])), promise: nil)
    channel.pipeline.writeAndFlush(HTTPResponsePart.end(nil), promise: nil)
  }

  private static let newID = IDGenerator(clock: ManualClock(), random: SystemRandomSource())

  private static func close(_ channel: EmbeddedChannel) { _ = try? channel.finish(acceptAlreadyClosed: true) }

  private static func guarded() throws -> EmbeddedChannel {
    let date = SharedDateField(clock: ManualClock())
    return try connected([ConnectionGuard(bounds: .init(bodyBytes: 100), newID: newID, date: date)])
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

  /// Runs `body` with a channel that has the shop's own handlers, the list of packages being in memory.
  private func withHandlers(_ body: @escaping @Sendable (EmbeddedChannel, Behind) throws -> Void) async throws {
    try await Shop.open { (shop: Shop) async throws in
      _ = try await shop.get("/packages")
      let behind = Behind()
      behind.shop = shop
      let channel = try Self.connected([])
      try HTTP1Connection(shop.api, isSecure: false, logger: Logger(label: "shop")).addHandlers(to: channel)
      try channel.pipeline.syncOperations.addHandler(behind)
      defer { Self.close(channel) }
      try body(channel, behind)
    }
  }

  @Test("A hit is answered before the server sees it; what is behind an unanswered request is not")
  func order() async throws {
    try await withHandlers { channel, behind in
      try channel.writeInbound(Self.bytes("/packages"))
      #expect(try Self.statuses(channel) == [200])
      #expect(behind.heads.isEmpty)
      for path in ["/elsewhere", "/packages"] { try channel.writeInbound(Self.bytes(path)) }
      #expect(behind.heads.map(\.path) == ["/elsewhere", "/packages"])
      #expect(try Self.statuses(channel).isEmpty)
      for _ in 0..<2 { try Self.answer(channel) }
      #expect(try Self.statuses(channel) == [404, 404])
      try channel.writeInbound(Self.bytes("/packages"))
      #expect(try Self.statuses(channel) == [200])
      #expect(behind.heads.count == 2)
    }
  }

  @Test("More bytes are asked for after a hit without the server; after what reaches it the server is to ask")
  func reads() async throws {
    try await withHandlers { channel, _ in
      let (socket, server) = (Reads(), Reads())
      try channel.pipeline.syncOperations.addHandler(socket, position: .first)
      try channel.pipeline.syncOperations.addHandler(server)
      for count in 1...3 {
        try channel.writeInbound(Self.bytes("/packages"))
        #expect(socket.count == count && server.count == 0)
      }
      try channel.writeInbound(Self.bytes("/elsewhere"))
      #expect(socket.count == 3 && server.count == 0)
      channel.pipeline.read()
      #expect(socket.count == 4 && server.count == 1)
    }
  }

  @Test("Hits that come in one piece are answered in their order, up to the first request that is none")
  func pipelined() async throws {
    try await withHandlers { channel, behind in
      var piece = ByteBuffer()
      for path in ["/packages", "/packages", "/elsewhere", "/packages"] {
        piece.writeImmutableBuffer(Self.bytes(path))
      }
      try channel.writeInbound(piece)
      #expect(try Self.statuses(channel) == [200, 200])
      #expect(behind.heads.map(\.path) == ["/elsewhere", "/packages"])
    }
  }

  @Test("However a request is cut into pieces, the next hit is answered here once it is answered")
  func pieces() async throws {
    try await withHandlers { channel, behind in
      let request = Self.bytes("/elsewhere")
      for cut in 1..<request.readableBytes {
        var rest = request
        try channel.writeInbound(rest.readSlice(length: cut))
        try channel.writeInbound(rest)
        #expect(behind.heads.count == cut)
        try Self.answer(channel)
        try channel.writeInbound(Self.bytes("/packages"))
        #expect(try Self.statuses(channel) == [404, 200])
      }
    }
  }

  @Test("While a request is not whole, what looks like a hit is part of it")
  func bodies() async throws {
    try await withHandlers { channel, behind in
      let hit = Self.bytes("/packages")
      let field: HTTPFields = [.contentLength: String(hit.readableBytes)]
      try channel.writeInbound(Self.bytes("/packages", field))
      try channel.writeInbound(hit)
      #expect(behind.heads.count == 1)
      try Self.answer(channel)
      #expect(try Self.statuses(channel) == [404])
      try channel.writeInbound(hit)
      #expect(try Self.statuses(channel) == [200])
    }
  }

  @Test("While a head is not whole, what looks like a hit is part of it, and wrong")
  func smuggled() async throws {
    try await withHandlers { channel, behind in
      try channel.writeInbound(ByteBuffer(string: "GET /packages/nowhere HTTP/1.1\r\nHost: x\r\n"))
      // The decoder finds no field there. Its complaint is answered, and does not come to the end of the pipeline.
      try channel.writeInbound(Self.bytes("/packages"))
      #expect(try Self.statuses(channel) == [400])
      #expect(behind.heads.isEmpty)
    }
  }

  @Test(
    "Requests with a body, with an expectation or that end the connection are the server's",
    arguments: [
      HTTPFields(dictionaryLiteral: (.contentLength, "0")), [.transferEncoding: "chunked"], [.connection: "close"],
      [.expect: "100-continue"], [.upgrade: "h2c"],
    ])
  func passedOn(_ fields: HTTPFields) async throws {
    try await withHandlers { channel, behind in
      try channel.writeInbound(Self.bytes("/packages", fields))
      #expect(behind.heads.count == 1)
    }
  }

  @Test("After a request that ends the connection nothing more is answered, and its answer says so")
  func last() async throws {
    for (fields, version): (HTTPFields, String) in [([.connection: "Close"], "1.1"), ([:], "1.0")] {
      try await withHandlers { channel, behind in
        try channel.writeInbound(Self.bytes("/packages", fields, version: version))
        #expect(behind.heads.map { $0.headerFields[.connection] } == [nil], "the server would stop reading")
        try Self.answer(channel)
        #expect(try Self.written(channel).lowercased().contains("connection: close\r\n"))
        try channel.writeInbound(Self.bytes("/packages"))
        #expect(try Self.written(channel).isEmpty)
        #expect(behind.heads.count == 1)
      }
    }
  }

  @Test("A client of HTTP/1.0 that asks for the connection to go on is told that it does")
  func oldKeptAlive() async throws {
    try await withHandlers { channel, behind in
      try channel.writeInbound(Self.bytes("/packages", [.connection: "keep-alive"], version: "1.0"))
      try Self.answer(channel)
      #expect(try Self.written(channel).lowercased().contains("connection: keep-alive\r\n"))
      try channel.writeInbound(Self.bytes("/packages"))
      #expect(try Self.statuses(channel) == [200])
    }
  }

  @Test("A peer that does not read what it is sent gets no more answers from the event loop")
  func backPressure() async throws {
    try await withHandlers { channel, behind in
      channel.isWritable = false
      channel.pipeline.fireChannelWritabilityChanged()
      try channel.writeInbound(Self.bytes("/packages"))
      #expect(behind.heads.count == 1)
    }
  }

  @Test("A wish to close waits until the socket has taken the answers")
  func quiesce() async throws {
    try await withHandlers { channel, behind in
      channel.pipeline.fireChannelRead(Self.bytes("/packages"))
      channel.pipeline.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent())
      channel.embeddedEventLoop.run()
      #expect(behind.wasToldToQuiesce)
      let statuses = try Self.statuses(channel)
      #expect(statuses == [200])
    }
  }

  @Test("A process that is going to stop answers through the server, and says that the connection ends")
  func draining() async throws {
    try await withHandlers { channel, behind in
      behind.shop?.readiness.drain()
      try channel.writeInbound(Self.bytes("/packages"))
      #expect(behind.heads.count == 1)
      try Self.answer(channel)
      #expect(try Self.written(channel).lowercased().contains("connection: close\r\n"))
      try channel.writeInbound(Self.bytes("/packages"))
      #expect(behind.heads.count == 1)
    }
  }
}
