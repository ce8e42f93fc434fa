import NIOCore
import NIOPosix
import NIOSSL

/// Makes TLS handlers; the certificates are read once, off the cooperative pool.
final class TLSContext: Sendable {
  private let settings: RedisTLS
  private let made: EventLoopFuture<NIOSSLContext>

  /// - Parameter eventLoop: where the outcome of reading the files arrives.
  init(_ settings: RedisTLS, on eventLoop: any EventLoop) {
    self.settings = settings
    made = NIOThreadPool.singleton.runIfActive(eventLoop: eventLoop) {
      try NIOSSLContext(configuration: settings.configuration)
    }
  }

  /// What a connection needs to make its handler.
  func context() async throws(RedisClientError) -> NIOSSLContext {
    do {
      return try await made.get()
    } catch {
      throw RedisClientError(.tls, "the TLS settings cannot be used: \(error)")
    }
  }

  /// A handler for a connection to `host`.
  func handler(_ context: NIOSSLContext, host: String) throws -> NIOSSLClientHandler {
    let name = settings.serverName ?? host
    let isAddress = (try? SocketAddress(ipAddress: name, port: 0)) != nil  // not an address: a name, which SNI wants
    return try NIOSSLClientHandler(context: context, serverHostname: isAddress ? nil : name)
  }
}

extension RedisTLS {
  fileprivate var configuration: TLSConfiguration {
    get throws {
      var configuration = TLSConfiguration.makeClientConfiguration()
      configuration.certificateVerification = verifiesCertificate ? .fullVerification : .none
      if let file = certificateAuthorityFile { configuration.trustRoots = .file(file) }
      if let file = certificateFile {
        configuration.certificateChain = try NIOSSLCertificate.fromPEMFile(file).map { .certificate($0) }
      }
      if let file = keyFile { configuration.privateKey = .privateKey(try NIOSSLPrivateKey(file: file, format: .pem)) }
      return configuration
    }
  }
}
