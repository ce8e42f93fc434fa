import HTTPTypes
import Logging
import NIOCore
import NIOEmbedded
import NIOSSL
import TestServers
import Testing

@testable import Bootstrap
@testable import HTTPAdapter

@Suite("Connections over TLS")
struct SecureConnectionTests {
  @Test("A client that does not finish its handshake within ten seconds is left")
  func handshake() async throws {
    try await Shop.open { (shop: Shop) async throws in try Self.waitsForHandshake(shop.api) }
  }

  /// Serves a shop over TLS while `body` runs.
  private static func open(_ body: @escaping @Sendable (Shop) async throws -> Void) async throws {
    let certificates = try await TestCertificates.make()
    // The files are there for as long as it is.
    defer { withExtendedLifetime(certificates) {} }
    try await Shop.open(["TLS_CERT_FILE": certificates.certificate, "TLS_KEY_FILE": certificates.key], body)
  }

  @Test("A client of HTTP/1.1 that sends all of a large body before it reads gets the answer that came early")
  func early() async throws {
    try await Self.open { (shop: Shop) async throws in
      var tls = TLSConfiguration.makeClientConfiguration()
      tls.certificateVerification = .none
      let answer = try await shop.upload(
        ConnectionTests.post + "Connection: close\r\n", bytes: 8 << 20, over: try NIOSSLContext(configuration: tls))
      #expect(answer.hasPrefix("HTTP/1.1 413 "), "\(answer.prefix(80))")
    }
  }

  @Test("Over HTTP/2 too, an answer tells the length of a body that there is or that GET would have, and no other")
  func lengths() async throws {
    try await Self.open { (shop: Shop) async throws in
      let path = "/api/v1/admin/packages/export"
      #expect(try await shop.send(.head, "/packages", as: .willow).headers[.contentLength] != "0")
      #expect(try await shop.send(.head, path, as: .willowStaff).headers[.contentLength] == nil)
      let unchanged = try await shop.get("/openapi.json", as: .nobody, [.ifNoneMatch: "*"])
      #expect(unchanged.status == 304 && unchanged.headers[.contentLength] == nil)
    }
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
