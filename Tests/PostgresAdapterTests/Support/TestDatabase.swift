import Foundation
import Kernel
import Logging
import PostgresAdapter
import PostgresClient
import TestServers

/// A migrated database of the tests' own, used by its owner, who is no superuser, and through the repositories.
final class TestDatabase: Sendable {
  let name: String
  let server: PostgresServer
  let node: PostgresNode
  private let loop: PostgresEventLoop

  /// One server for all suites of this process, made when the first asks.
  private static let server = Task {
    try await offPool { try PostgresServer(options: ["max_connections": "300"]) }
  }

  /// The database that suites share whose rules keep to tenants of their own.
  static let shared = Task { try await TestDatabase() }

  /// Makes a database.
  /// - Parameter isMigrated: whether it has the schema.
  init(isMigrated: Bool = true) async throws {
    let server = try await Self.server.value
    let name = "test_" + UUID().uuidString.lowercased().replacing("-", with: "")
    try await Self.offPool {
      try server.psql(
        """
        DO $$ BEGIN CREATE ROLE tenantry LOGIN CREATEROLE;
        EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$
        """)
      try server.psql("CREATE DATABASE \(name) OWNER tenantry")
    }
    (self.server, self.name) = (server, name)
    loop = try PostgresEventLoop(logger: .quiet)
    let url = try PostgresURL("postgres://tenantry@127.0.0.1:\(self.server.port)/\(name)")
    node = PostgresNode(url: url, settings: .patient, loop: loop)
    if isMigrated { _ = try await migrator().up() }
  }

  deinit {
    node.shutDown()
    loop.stop()
  }

  /// What repositories are made of.
  var tenants: TenantDatabase { TenantDatabase(node, logger: .quiet) }
  var platform: PlatformDatabase { PlatformDatabase(node, logger: .quiet) }
  var bookings: PostgresBookingRepository { PostgresBookingRepository(database: tenants, platform: platform) }
  var blackouts: PostgresBlackoutRepository { PostgresBlackoutRepository(database: tenants) }
  var directory: PostgresTenantRepository { PostgresTenantRepository(database: tenants, platform: platform) }

  /// A migrator of this database, with the migrations of this repository unless others are given.
  func migrator(_ migrations: [Migration]? = nil) throws -> Migrator {
    Migrator(database: node, migrations: try migrations ?? Self.migrations(), clock: SystemClock())
  }

  /// The migrations of this repository.
  static func migrations() throws -> [Migration] {
    try MigrationFolder.read(root.appending(path: "Migrations"))
  }

  static let root = URL(filePath: #filePath).appending(path: "../../../..").standardized

  /// The schema as pg_dump tells it, without what differs from run to run.
  func schema() async throws -> String {
    let arguments = ["-s", "-h", "127.0.0.1", "-p", "\(server.port)", "-U", "postgres", name]
    let dump = try await Self.offPool { try PostgresProgram.run("pg_dump", arguments) }
    return dump.split(separator: "\n").filter { !$0.contains("restrict") }.joined(separator: "\n")
  }

  /// A connection that hears what is sent on a channel.
  func listener(on channel: String) throws -> PostgresListener {
    PostgresListener(
      url: try PostgresURL("postgres://tenantry@127.0.0.1:\(server.port)/\(name)"), channels: [channel], loop: loop)
  }

  /// Runs SQL as superuser; rows a line, columns separated by `|`.
  @discardableResult
  func psql(_ sql: String) async throws -> String {
    try await Self.offPool { [server, name] in try server.psql(sql, database: name) }
  }

  /// Runs what blocks on a thread that may be blocked.
  private static func offPool<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
    try await withCheckedThrowingContinuation { continuation in
      DispatchQueue.global().async { continuation.resume(with: Result(catching: body)) }
    }
  }
}

extension TestDatabase {
  /// A second client of a database.
  final class Connection: Sendable {
    let node: PostgresNode
    private let loop: PostgresEventLoop

    /// - Parameter url: that of a pooler in front of the server, if any.
    init(
      to database: TestDatabase, user: String = "tenantry", settings: PostgresPoolSettings = .patient,
      url: String? = nil
    ) throws {
      loop = try PostgresEventLoop(logger: .quiet)
      let direct = "postgres://\(user)@127.0.0.1:\(database.server.port)/\(database.name)"
      node = PostgresNode(url: try PostgresURL(url ?? direct), settings: settings, loop: loop)
    }

    deinit {
      node.shutDown()
      loop.stop()
    }

    var tenants: TenantDatabase { TenantDatabase(node, logger: .quiet) }
    var platform: PlatformDatabase { PlatformDatabase(node, logger: .quiet) }
    var bookings: PostgresBookingRepository { PostgresBookingRepository(database: tenants, platform: platform) }
  }
}

extension PostgresPoolSettings {
  /// For a machine that does other work besides: waiting long is no failure.
  static var patient: Self {
    var settings = Self()
    settings.acquisitionDeadline = .seconds(60)
    settings.statementDeadline = .seconds(120)
    return settings
  }
}

extension Logger {
  /// Says nothing.
  static let quiet = Logger(label: "tests") { _ in SwiftLogNoOpLogHandler() }
}
