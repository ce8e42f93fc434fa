import Foundation
import HTTPAdapter
import Hummingbird
import HummingbirdCore
import Kernel
import Logging
import NIOCore
import NIOPosix
import NIOSSL

/// The HTTP server around the API: plain HTTP/1.1, or HTTPS with HTTP/2 when a certificate is set.
enum HTTPServer {
  /// The server, not yet running.
  /// - Parameter onListening: called with the port once connections are accepted.
  static func application(
    _ api: HTTPAPI, _ settings: Settings.Server, logger: Logger, onListening: @escaping @Sendable (Int) -> Void
  ) throws -> Application<APIResponder> {
    Application(
      responder: api.responder, server: try builder(api, settings, logger),
      configuration: ApplicationConfiguration(
        address: .hostname(settings.host, port: settings.port), backlog: 4096),
      onServerRunning: { channel in onListening(channel.localAddress?.port ?? settings.port) },
      eventLoopGroupProvider: .singleton, logger: logger)
  }

  private static func builder(
    _ api: HTTPAPI, _ settings: Settings.Server, _ logger: Logger
  ) throws -> HTTPServerBuilder {
    guard let certificate = settings.certificate else {
      return HTTPServerBuilder { _ in HTTP1Connection(api, isSecure: false, logger: logger) }
    }
    let configuration = try tls(certificate)
    let context: NIOSSLContext
    do { context = try NIOSSLContext(configuration: configuration) } catch {
      throw SettingError(
        "TLS_KEY_FILE", got: certificate.key, takes: "the private key of the certificate in TLS_CERT_FILE")
    }
    return HTTPServerBuilder { _ in SecureConnection(api, context, logger: logger) }
  }

  /// What is wrong when the server could not listen, with the mend; any other error as it is.
  static func refusal(_ error: any Error, _ settings: Settings.Server) -> any Error {
    let host = SettingError("HOST", got: settings.host, takes: "an IP address of this machine, or a name of one")
    if error is SocketAddressError || error is SocketAddressError.UnknownHost { return host }
    let address = settings.authority(settings.port)
    switch (error as? IOError)?.errnoCode {
    case EADDRNOTAVAIL?: return host
    case EADDRINUSE?: return CommandFailure("\(address) is in use: choose another port with --port or PORT")
    case EACCES?: return CommandFailure("\(address) is not for this user: choose another port with --port or PORT")
    default: return error
    }
  }

  private static func tls(_ files: (chain: String, key: String)) throws -> TLSConfiguration {
    let chain: [NIOSSLCertificateSource]
    do { chain = try NIOSSLCertificate.fromPEMFile(files.chain).map { .certificate($0) } } catch {
      throw SettingError("TLS_CERT_FILE", got: files.chain, takes: "the path of a readable PEM certificate chain")
    }
    do {
      let key = try NIOSSLPrivateKey(file: files.key, format: .pem)
      var tls = TLSConfiguration.makeServerConfiguration(certificateChain: chain, privateKey: .privateKey(key))
      tls.applicationProtocols = SecureConnection.protocols
      return tls
    } catch {
      throw SettingError("TLS_KEY_FILE", got: files.key, takes: "the path of a readable PEM private key")
    }
  }
}
