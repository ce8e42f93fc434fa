import Foundation
import Hummingbird
import HummingbirdCore
import Logging
import NIOCore

/// Answers `GET /packages` with the bytes of a file, read once: what Hummingbird alone can do with Tenantry's settings.
@main
struct ConstantServer {
  static func main() async throws {
    let arguments = CommandLine.arguments
    guard arguments.count == 4, let port = Int(arguments[2]) else {
      FileHandle.standardError.write(Data("usage: ConstantServer <host> <port> <file>\n".utf8))
      exit(64)
    }
    let body = ByteBuffer(bytes: try Data(contentsOf: URL(filePath: arguments[3])))
    try await application(host: arguments[1], port: port, body: body).runService()
  }

  /// The same server as Tenantry's `HTTPServer`, without its `ConnectionGuard`.
  private static func application(host: String, port: Int, body: ByteBuffer) -> some ApplicationProtocol {
    var logger = Logger(label: "constant-server")
    logger.logLevel = .error
    let router = Router()
    router.get("packages") { _, _ in
      Response(status: .ok, headers: [.contentType: "application/json"], body: ResponseBody(byteBuffer: body))
    }
    return Application(
      router: router,
      server: .http1(
        configuration: HTTP1Channel.Configuration(
          idleTimeout: .seconds(60),
          httpDecoderConfiguration: .init(
            maxHeaderFieldSize: 16 << 10, maxHeaderListSize: 64 << 10, maxHeaderFieldCount: 100))),
      configuration: ApplicationConfiguration(address: .hostname(host, port: port), backlog: 4096),
      eventLoopGroupProvider: .singleton, logger: logger)
  }
}
