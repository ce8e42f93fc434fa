package import Kernel
package import PostgresClient

/// Takes a database from one version of the schema to another.
///
/// Each migration is one transaction, which first takes an advisory lock and reads what has been applied: so of any
/// number of starters at once each step is taken by one, and all succeed.
package struct Migrator: Sendable {
  private let database: any PostgresDatabase
  private let migrations: [Migration]
  private let clock: any WallClock

  /// A migrator of a database, through a connection as the owner of the schema.
  /// - Parameter migrations: every migration there is, oldest first.
  package init(database: any PostgresDatabase, migrations: [Migration], clock: any WallClock) {
    self.database = database
    self.migrations = migrations
    self.clock = clock
  }

  /// Applies what is pending; returns the names. Throws ``MigrationError``.
  package func up() async throws -> [String] {
    var names: [String] = []
    while let name = try await step(
      { ledger in ledger.next },
      { migration, transaction in
        try await transaction.script(migration.up)
        _ = try await transaction.query(
          Self.remember, [.text(migration.name), .text(migration.checksum.description), .time(clock.now())])
      })
    {
      names.append(name)
    }
    return names
  }

  /// Takes back, newest first, what was applied after `target`; returns the names. Throws ``MigrationError``.
  /// - Parameter target: a migration's name or its time, or `0` for an empty database.
  package func down(to target: String) async throws -> [String] {
    let last = try resolve(target)
    var names: [String] = []
    while let name = try await step(
      { ledger in ledger.last(after: last) },
      { migration, transaction in
        try await transaction.script(migration.down)
        _ = try await transaction.query(Self.forget, [.text(migration.name)])
      })
    {
      names.append(name)
    }
    return names
  }

  /// Where every migration stands, oldest first. Writes nothing.
  package func status() async throws -> [MigrationStatus] {
    try await database.transaction { transaction in
      guard try await transaction.query(Self.exists)[0].decode(0) else {
        return MigrationLedger(applied: [], migrations: migrations).statuses
      }
      return try await ledger(transaction).statuses
    }
  }

  /// Throws ``MigrationError`` unless every migration is applied as it is, and no other.
  package func verify() async throws {
    let statuses = try await status()
    for status in statuses {
      switch status.state {
      case .changed: throw MigrationError.changed(status.name)
      case .unknown: throw MigrationError.unknown(status.name)
      case .outOfOrder: throw MigrationError.outOfOrder(status.name)
      case .applied, .pending: continue
      }
    }
    let pending = statuses.filter { $0.state == .pending }.map(\.name)
    if !pending.isEmpty { throw MigrationError.pending(pending) }
  }

  /// Takes one step under the lock; returns its name, or nil when there is none to take.
  private func step(
    _ choose: (MigrationLedger) -> Migration?, _ take: (Migration, PostgresTransaction) async throws -> Void
  ) async throws -> String? {
    try await database.transaction { transaction in
      _ = try await transaction.query(Self.lock, [.int64(Self.lockNumber)])
      if try await !transaction.query(Self.exists)[0].decode(0) { _ = try await transaction.query(Self.create) }
      let ledger = try await ledger(transaction)
      try ledger.check()
      guard let migration = choose(ledger) else { return nil }
      do { try await take(migration, transaction) } catch let error as PostgresError {
        throw MigrationError.failed(migration.name, underlying: error)
      }
      return migration.name
    }
  }

  private func ledger(_ transaction: PostgresTransaction) async throws -> MigrationLedger {
    let entries = try await transaction.query(Self.applied).map { row in
      guard let checksum = Digest(hexadecimal: try row.decode(1)) else {
        throw MigrationError.changed(try row.decode(0))
      }
      return MigrationLedger.Entry(name: try row.decode(0), checksum: checksum, appliedAt: try row.decode(2))
    }
    return MigrationLedger(applied: entries, migrations: migrations)
  }

  /// The name of the migration to stay at; what sorts before every name for `0`.
  private func resolve(_ target: String) throws -> String {
    if target == "0" { return "" }
    guard let name = migrations.map(\.name).first(where: { $0 == target || $0.hasPrefix(target + "_") }) else {
      throw MigrationError.noSuchTarget(target)
    }
    return name
  }

  /// "tenantry" as a number.
  private static let lockNumber: Int64 = 0x7465_6e61_6e74_7279

  private static let lock = PostgresStatement("SELECT pg_advisory_xact_lock($1)", name: "migrations.lock")

  private static let create = PostgresStatement(
    """
    CREATE TABLE schema_migrations (
      name text COLLATE "C" PRIMARY KEY,
      checksum text NOT NULL,
      applied_at timestamptz NOT NULL
    )
    """, name: "migrations.create", isPrepared: false)

  private static let exists = PostgresStatement(
    "SELECT to_regclass('schema_migrations') IS NOT NULL", name: "migrations.exists")

  private static let applied = PostgresStatement(
    "SELECT name, checksum, applied_at FROM schema_migrations ORDER BY name", name: "migrations.applied",
    isPrepared: false)

  private static let remember = PostgresStatement(
    "INSERT INTO schema_migrations (name, checksum, applied_at) VALUES ($1, $2, $3)", name: "migrations.remember",
    isPrepared: false)

  private static let forget = PostgresStatement(
    "DELETE FROM schema_migrations WHERE name = $1", name: "migrations.forget", isPrepared: false)
}
