import Kernel
package import Logging
import PostgresAdapter

/// What `tenantry migrate` does.
package struct SchemaCommand: Sendable {
  private let settings: Settings
  private let logger: Logger

  /// What a migration may take, and what another starter waits for it; each sets a limit of its own besides.
  private static let patience = Duration.seconds(3600)

  /// - Parameter settings: those of the real preset.
  package init(settings: Settings, logger: Logger) {
    var settings = settings
    settings.database?.router.pool.statementDeadline = Self.patience
    self.settings = settings
    self.logger = logger
  }

  /// Applies what is pending; returns the names.
  package func up() async throws -> [String] { try await withMigrator { try await $0.up() } }

  /// Takes back what came after `target`, `0` for everything; returns the names.
  package func down(to target: String) async throws -> [String] {
    try await withMigrator { try await $0.down(to: target) }
  }

  /// Takes back the newest migration; returns its name.
  package func downOne() async throws -> [String] {
    try await withMigrator { migrator in
      let applied = try await migrator.status().filter(\.isApplied).map(\.name)
      return try await migrator.down(to: applied.dropLast().last ?? "0")
    }
  }

  /// Every migration and where it stands, oldest first.
  package func status() async throws -> [(name: String, state: String)] {
    try await withMigrator { try await $0.status().map { ($0.name, $0.state.word) } }
  }

  /// Throws unless every migration is applied as it is, and no other.
  package func verify() async throws { try await withMigrator { try await $0.verify() } }

  private func withMigrator<Result>(_ body: (Migrator) async throws -> Result) async throws -> Result {
    guard let folder = ProgramFolder.find("Migrations") else {
      throw SeedError(description: "cannot find Migrations: start in the project's folder, or put it by the program")
    }
    let databases = try Databases(settings, logger: logger)
    defer { databases.shutDown() }
    return try await body(
      Migrator(
        database: databases.admin, migrations: try MigrationFolder.read(folder), clock: SystemClock()))
  }
}

extension MigrationStatus {
  fileprivate var isApplied: Bool { if case .applied = state { true } else { false } }
}

extension MigrationStatus.State {
  fileprivate var word: String {
    switch self {
    case .applied: "applied"
    case .pending: "pending"
    case .changed: "changed"
    case .unknown: "unknown"
    case .outOfOrder: "out-of-order"
    }
  }
}
