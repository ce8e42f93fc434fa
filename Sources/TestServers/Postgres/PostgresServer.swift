package import Foundation

/// A PostgreSQL of the tests' own: on 127.0.0.1, a free port, without fsync. Superuser `postgres`, no password asked.
package final class PostgresServer: Sendable {
  package let port: Int
  private let folder: TemporaryFolder
  private let arguments: [String]
  private let process: ServerSlot

  /// Starts a server and returns when it answers.
  /// - Parameter options: settings of `postgresql.conf`, such as `["max_connections": "20"]`; with `"ssl": "on"` it gets a
  ///   certificate of its own for `localhost`.
  package convenience init(options: [String: String] = [:]) throws {
    let folder = try TemporaryFolder("postgres")
    try PostgresTemplate.copy(to: folder.url.appending(path: "data"))
    if options["ssl"] == "on" { try Self.makeCertificate(in: folder.url.appending(path: "data")) }
    try self.init(folder: folder, options: options)
  }

  /// Starts a server on a data folder that is there, `data` in `folder`.
  init(folder: TemporaryFolder, options: [String: String]) throws {
    self.folder = folder
    port = try FreePort.find()
    var settings = [
      "listen_addresses": "127.0.0.1", "port": "\(port)", "unix_socket_directories": folder.url.path, "fsync": "off",
      "full_page_writes": "off", "max_connections": "100", "shared_buffers": "32MB", "log_min_messages": "log",
      "autovacuum": "off", "wal_level": "replica", "max_wal_senders": "5", "hot_standby": "on",
      "wal_receiver_status_interval": "1s",
    ]
    settings.merge(options) { $1 }
    let data = folder.url.appending(path: "data").path
    arguments =
      PostgresProgram.asServerUser + [try PostgresProgram.folder().appending(path: "postgres").path, "-D", data]
      + settings.sorted { $0.key < $1.key }.flatMap { ["-c", "\($0.key)=\($0.value)"] }
    process = ServerSlot(try LocalProcess(arguments, in: folder))
    try waitUntilReady()
  }

  /// `postgres://postgres@127.0.0.1:port/postgres`.
  package var url: String { "postgres://postgres@127.0.0.1:\(port)/postgres" }

  /// The certificate of a server with TLS, which is its own authority.
  package var certificate: String { folder.url.appending(path: "server.crt").path }

  private static func makeCertificate(in data: URL) throws {
    try PostgresProgram.runAsServer([
      "/usr/bin/openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost",
      "-addext", "subjectAltName=DNS:localhost", "-keyout", data.appending(path: "server.key").path, "-out",
      data.appending(path: "server.crt").path,
    ])
    // Clients may not enter the data folder.
    let copy = data.deletingLastPathComponent().appending(path: "server.crt").path
    try PostgresProgram.runAsServer(["/bin/cp", data.appending(path: "server.crt").path, copy])
  }

  /// The folder of the server's socket in the file system.
  package var socketFolder: String { folder.url.path }

  /// What the server has logged.
  package var log: String { process.current.output }

  /// The process identifier of the postmaster.
  package var identifier: pid_t { process.current.identifier }

  /// Ends the server as a crash would: its backends follow it.
  package func kill() { process.current.kill() }

  /// Ends the server at once and in order ("fast" shutdown takes SIGINT; this is SIGTERM after its clients have gone).
  package func stop() { process.current.terminate() }

  /// Starts a server that was killed or stopped, on the same port.
  package func restart() throws {
    try process.replace { try LocalProcess(arguments, in: folder) }
    try waitUntilReady()
  }

  /// Freezes the postmaster and its backends: sockets stay open and nothing answers.
  package func freeze() throws { try signalAll(SIGSTOP) }

  /// Lets a frozen server go on.
  package func thaw() throws { try signalAll(SIGCONT) }

  /// Runs SQL as superuser in one session and returns what psql prints: rows a line, columns separated by `|`.
  @discardableResult
  package func psql(_ sql: String..., database: String = "postgres") throws -> String {
    try PostgresProgram.run(
      "psql",
      [
        "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-h", "127.0.0.1", "-p", "\(port)", "-U", "postgres", "-d",
        database,
      ] + sql.flatMap { ["-c", $0] }
    ).trimmingCharacters(in: .newlines)
  }

  /// A streaming replica of this server, started.
  /// - Parameter name: what it calls itself; a synchronous standby is chosen by it.
  package func makeReplica(name: String = "replica", options: [String: String] = [:]) throws -> PostgresServer {
    let folder = try TemporaryFolder("postgres")
    try PostgresProgram.run(
      "pg_basebackup",
      [
        "-D", folder.url.appending(path: "data").path, "-d",
        "host=127.0.0.1 port=\(port) user=postgres application_name=\(name)", "-R", "-X", "stream", "-c", "fast",
        "--no-sync",
      ])
    return try PostgresServer(folder: folder, options: options)
  }

  /// Makes a replica a primary.
  package func promote() throws { try psql("SELECT pg_promote(true, 30)") }

  private func waitUntilReady() throws {
    let deadline = Date(timeIntervalSinceNow: 30)
    while Date() < deadline {
      if (try? psql("SELECT 1")) == "1" { return }
      guard process.current.isRunning else { break }
      usleep(20_000)
    }
    throw PostgresProgram.Failure(description: "PostgreSQL did not start: \(log)")
  }

  /// The postmaster and its children.
  private func signalAll(_ signal: Int32) throws {
    let children = try? String(
      contentsOf: URL(filePath: "/proc/\(identifier)/task/\(identifier)/children"), encoding: .utf8)
    let all = [identifier] + (children ?? "").split(separator: " ").compactMap { pid_t($0) }
    for process in all { Foundation.kill(process, signal) }
  }
}
