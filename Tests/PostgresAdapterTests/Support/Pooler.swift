import Foundation
import TestServers

/// A PgBouncer of the tests' own, in transaction mode, with one connection to the server.
final class Pooler: Sendable {
  let port: Int
  private let process: LocalProcess

  init(serverPort: Int) throws {
    let folder = try TemporaryFolder("pgbouncer")
    port = try FreePort.find()
    let settings = """
      [databases]
      * = host=127.0.0.1 port=\(serverPort)
      [pgbouncer]
      listen_addr = 127.0.0.1
      listen_port = \(port)
      unix_socket_dir =
      auth_type = trust
      auth_file = \(folder.url.path)/users.txt
      pool_mode = transaction
      default_pool_size = 1
      max_client_conn = 100
      """
    try settings.write(to: folder.url.appending(path: "pgbouncer.ini"), atomically: true, encoding: .utf8)
    try "\"tenantry\" \"\"\n".write(to: folder.url.appending(path: "users.txt"), atomically: true, encoding: .utf8)
    process = try LocalProcess(
      PostgresProgram.asServerUser + ["/usr/sbin/pgbouncer", folder.url.appending(path: "pgbouncer.ini").path],
      in: folder)
  }
}
