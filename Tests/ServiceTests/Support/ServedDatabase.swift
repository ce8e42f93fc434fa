import Foundation
import TestServers

/// A PostgreSQL with the schema and the demo tenants, owned by a role that is no superuser.
final class ServedDatabase: Sendable {
  let server: PostgresServer

  init(options: [String: String] = [:], isSeeded: Bool = true) async throws {
    server = try await offPool { try PostgresServer(options: options) }
    try await offPool { [server, settings] in
      try server.psql("CREATE ROLE tenantry LOGIN CREATEROLE", "CREATE DATABASE tenantry OWNER tenantry")
      guard isSeeded else { return }
      for command in [["migrate", "up"], ["seed", "--demo"]] {
        try BuiltProgram.run("tenantry", command, environment: settings)
      }
    }
  }

  /// What a program needs to use it.
  var settings: [String: String] { ["ADAPTERS_PRESET": "real", "DATABASE_URL": Self.url(server.port)] }

  /// The address of a server that holds this database, on a port of this machine. The server asks for no password; the
  /// URL has one, which must not be found anywhere.
  static func url(_ port: Int) -> String { "postgres://tenantry:\(canary)@127.0.0.1:\(port)/tenantry" }

  /// The password.
  static let canary = "c4n4ry-p4ssw0rd"

  /// Runs SQL as superuser; rows a line, columns separated by `|`.
  @discardableResult
  func psql(_ sql: String...) async throws -> String { try await Self.psql(server, sql) }

  @discardableResult
  static func psql(_ server: PostgresServer, _ sql: [String]) async throws -> String {
    try await offPool { try sql.map { try server.psql($0, database: "tenantry") }.last ?? "" }
  }
}
