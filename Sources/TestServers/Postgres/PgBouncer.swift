import Foundation

/// A PgBouncer of the tests' own in front of one server, in transaction mode.
package final class PgBouncer: Sendable {
  private let process: LocalProcess
  /// `postgres://user@127.0.0.1:port/database`.
  package let url: String

  /// Starts a pooler and returns when it answers.
  /// - Parameters:
  ///   - poolSize: how many connections to the server it keeps.
  ///   - user: whom it signs in to the server as, whoever signs in to it.
  package init(
    server: PostgresServer, poolSize: Int, database: String = "postgres", user: String = "postgres"
  ) throws {
    let folder = try TemporaryFolder("pgbouncer")
    let port = try FreePort.find()
    url = "postgres://\(user)@127.0.0.1:\(port)/\(database)"
    let settings = """
      [databases]
      \(database) = host=127.0.0.1 port=\(server.port) user=\(user)
      [pgbouncer]
      listen_addr = 127.0.0.1
      listen_port = \(port)
      unix_socket_dir =
      auth_type = any
      pool_mode = transaction
      default_pool_size = \(poolSize)
      max_client_conn = 500
      """
    let file = folder.url.appending(path: "pgbouncer.ini")
    try settings.write(to: file, atomically: true, encoding: .utf8)
    process = try LocalProcess(PostgresProgram.asServerUser + ["/usr/sbin/pgbouncer", file.path], in: folder)
    let deadline = Date(timeIntervalSinceNow: 10)
    while Date() < deadline {
      let arguments = ["-X", "-A", "-t", "-d", url, "-c", "SELECT 1"]
      if (try? PostgresProgram.run("psql", arguments)) == "1\n" { return }
      usleep(20_000)
    }
    throw PostgresProgram.Failure(description: "PgBouncer did not start: \(process.output)")
  }
}
