import HTTPAdapter
import Hummingbird
import HummingbirdCore
import HummingbirdHTTP2
import Kernel
import Logging
import NIOCore
import NIOPosix
import NIOSSL

/// The HTTP server around the API: plain HTTP/1.1, or HTTPS with HTTP/2 when a certificate is set.
enum HTTPServer {
  /// Bytes of one header field, and of all fields of a request.
  private static let headerBytes = 16 << 10
  private static let allHeaderBytes = 64 << 10
  private static let headerCount = 100

  /// The server, not yet running.
  /// - Parameter onListening: called with the port once connections are accepted.
  static func application(
    _ api: HTTPAPI, _ settings: Settings.Server, logger: Logger, onListening: @escaping @Sendable (Int) -> Void
  ) throws -> Application<APIResponder> {
    Application(
      responder: api.responder, server: try builder(api, settings),
      configuration: ApplicationConfiguration(
        address: .hostname(settings.host, port: settings.port), backlog: 4096),
      onServerRunning: { channel in onListening(channel.localAddress?.port ?? settings.port) },
      eventLoopGroupProvider: .singleton, logger: logger)
  }

  private static func builder(_ api: HTTPAPI, _ settings: Settings.Server) throws -> HTTPServerBuilder {
    let http1 = HTTP1Channel.Configuration(
      additionalChannelHandlers: api.connectionHandlers(),
      httpDecoderConfiguration: .init(
        maxHeaderFieldSize: headerBytes, maxHeaderListSize: allHeaderBytes, maxHeaderFieldCount: headerCount))
    guard let certificate = settings.certificate else { return .http1(configuration: http1) }
    return try .http2Upgrade(
      tlsConfiguration: try tls(certificate),
      configuration: HTTP2UpgradeChannel.Configuration(idleTimeout: .seconds(60), streamConfiguration: http1))
  }

  private static func tls(_ files: (chain: String, key: String)) throws -> TLSConfiguration {
    let chain: [NIOSSLCertificateSource]
    do { chain = try NIOSSLCertificate.fromPEMFile(files.chain).map { .certificate($0) } } catch {
      throw SettingError("TLS_CERT_FILE", got: files.chain, takes: "the path of a readable PEM certificate chain")
    }
    do {
      let key = try NIOSSLPrivateKey(file: files.key, format: .pem)
      return TLSConfiguration.makeServerConfiguration(certificateChain: chain, privateKey: .privateKey(key))
    } catch {
      throw SettingError("TLS_KEY_FILE", got: files.key, takes: "the path of a readable PEM private key")
    }
  }
}
