import Logging
import NIOCore
import NIOEmbedded
import NIOSSL
import Testing

@testable import Bootstrap
@testable import HTTPAdapter

@Suite("Connections over TLS")
struct SecureConnectionTests {
  @Test("A client that does not finish its handshake within ten seconds is left")
  func handshake() async throws {
    try await Shop.open { (shop: Shop) async throws in try Self.waitsForHandshake(shop.api) }
  }

  private static func waitsForHandshake(_ api: HTTPAPI) throws {
    let channel = EmbeddedChannel()
    defer { _ = try? channel.finish(acceptAlreadyClosed: true) }
    let context = try NIOSSLContext(configuration: .makeClientConfiguration())
    let logger = Logger(label: "shop")
    _ = try SecureConnection(api, context, logger: logger).setup(channel: channel, logger: logger).wait()
    try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
    channel.embeddedEventLoop.advanceTime(by: .seconds(9))
    #expect(channel.isActive)
    channel.embeddedEventLoop.advanceTime(by: .seconds(2))
    #expect(!channel.isActive)
  }

  @Test("A connection of HTTP/2 on which nothing moves is closed, whatever its peer has been told")
  func silence() throws {
    let channel = EmbeddedChannel(handler: SilenceGuard(limit: .seconds(90)))
    defer { _ = try? channel.finish(acceptAlreadyClosed: true) }
    try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
    channel.embeddedEventLoop.advanceTime(by: .seconds(80))
    try channel.writeInbound(ByteBuffer(string: "x"))
    channel.embeddedEventLoop.advanceTime(by: .seconds(80))
    #expect(channel.isActive)
    channel.embeddedEventLoop.advanceTime(by: .seconds(11))
    #expect(!channel.isActive)
  }
}
