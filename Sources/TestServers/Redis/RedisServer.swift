package import Foundation
import Synchronization

/// A redis-server of the tests' own, on a free port of the loopback interface.
package final class RedisServer: Sendable {
  /// How a server is started.
  package struct Options: Sendable {
    /// More of what redis-server takes on its command line, such as `--maxmemory 2mb`.
    package var arguments: [String] = []
    /// Asked of the default user.
    package var password: String?
    /// When set, the server also listens with TLS, on ``RedisServer/tlsPort``.
    package var certificates: TestCertificates?
    /// Starts a sentinel instead, whose settings are these lines.
    package var sentinelSettings: [String]?
    /// A port that was found before, for servers that must know of each other.
    package var port: Int?

    package init() {}
  }

  /// A server that does not do what a test needs.
  package struct Failure: Error, CustomStringConvertible {
    package let description: String
  }

  package let port: Int
  /// 0 without certificates.
  package let tlsPort: Int
  private let options: Options
  private let folder: TemporaryFolder
  private let process: Mutex<LocalProcess>

  /// Starts a server and returns when it accepts connections.
  package init(_ options: Options = Options()) async throws {
    self.options = options
    port = try options.port ?? FreePort.find()
    tlsPort = options.certificates == nil ? 0 : try FreePort.find()
    folder = try TemporaryFolder("redis")
    process = Mutex(try Self.launch(options, port: port, tlsPort: tlsPort, folder))
    try await waitUntilListening()
  }

  /// Starts a server with more arguments.
  package convenience init(_ arguments: String...) async throws {
    var options = Options()
    options.arguments = arguments
    try await self.init(options)
  }

  package var identifier: pid_t { process.withLock { $0.identifier } }

  /// What the server has printed.
  package var output: String { process.withLock { $0.output } }

  /// Ends the server as a crash would.
  package func kill() { process.withLock { $0.kill() } }

  /// Starts a killed server again, on the same port and files.
  package func restart(waiting: Bool = true) async throws {
    try process.withLock { $0 = try Self.launch(options, port: port, tlsPort: tlsPort, folder) }
    if waiting { try await waitUntilListening() }
  }

  /// Stops the server without closing its sockets.
  package func freeze() { process.withLock { $0.freeze() } }

  /// Lets a frozen server go on.
  package func thaw() { process.withLock { $0.thaw() } }

  /// Sends a command from outside and returns the reply as text: the elements of an array are lines, nil is empty, an
  /// error is its own text.
  @discardableResult
  package func cli(_ arguments: String...) async throws -> String { try await cli(arguments) }

  /// Sends a command from outside and returns the reply as text: the elements of an array are lines, nil is empty, an
  /// error is its own text.
  @discardableResult
  package func cli(_ arguments: [String]) async throws -> String {
    try await RedisConsole.ask(port: port, password: options.password, arguments)
  }

  private func waitUntilListening() async throws {
    let deadline = ContinuousClock.now + .seconds(10)
    while true {
      let answer = try? await cli("PING")  // A refused connection is what is being waited out.
      if let answer, ["PONG", "LOADING", "NOAUTH", "NOPERM", "MASTERDOWN"].contains(where: answer.hasPrefix) { return }
      guard ContinuousClock.now < deadline else { throw Failure(description: "redis-server: \(output)") }
      try await Task.sleep(for: .milliseconds(20))
    }
  }

  private static func launch(
    _ options: Options, port: Int, tlsPort: Int, _ folder: TemporaryFolder
  ) throws -> LocalProcess {
    var arguments = ["--port", "\(port)", "--bind", "127.0.0.1", "--dir", folder.url.path, "--daemonize", "no"]
    if let settings = options.sentinelSettings {
      let file = folder.url.appending(path: "sentinel.conf")
      if !FileManager.default.fileExists(atPath: file.path) {
        try (settings.joined(separator: "\n") + "\n").write(to: file, atomically: true, encoding: .utf8)
      }
      return try LocalProcess(["/usr/bin/redis-server", file.path, "--sentinel"] + arguments, in: folder)
    }
    arguments += ["--save", ""]
    if let password = options.password { arguments += ["--requirepass", password, "--masterauth", password] }
    if let certificates = options.certificates {
      arguments += [
        "--tls-port", "\(tlsPort)", "--tls-cert-file", certificates.certificate, "--tls-key-file", certificates.key,
        "--tls-ca-cert-file", certificates.authority, "--tls-auth-clients", "no",
      ]
    }
    return try LocalProcess(["/usr/bin/redis-server"] + arguments + options.arguments, in: folder)
  }
}
