package import Logging
package import PostgresClient

/// The database as its owner uses it, across tenants: migrations, the directory of tenants, sweeper and relay.
package struct PlatformDatabase: Sendable {
  private let database: any PostgresDatabase
  private let logger: Logger
  private let options: PostgresTransactionOptions

  /// The database through a connection as the owner of the schema.
  /// - Parameter retries: how often a transaction that others stood in the way of is run again.
  package init(_ database: any PostgresDatabase, retries: Int = 3, logger: Logger) {
    self.database = database
    self.logger = logger
    options = PostgresTransactionOptions(retries: retries)
  }

  /// One statement that reads, on the primary.
  func read(_ query: PostgresQuery) async throws -> PostgresRows {
    try await failing { try await database.read(query, setup: [], options: .current) }
  }

  /// A whole transaction in one round trip.
  func write(_ statements: [PostgresQuery], refusals: Refusals = [:]) async throws -> [PostgresRows] {
    try await failing(refusals) {
      try await database.oneRoundTrip(statements, setup: [], options: options)
    }
  }

  /// A transaction that decides between its statements.
  func transaction<Result: Sendable>(
    refusals: Refusals = [:], _ body: @Sendable (PostgresTransaction) async throws -> Result
  ) async throws -> Result {
    try await failing(refusals) { try await database.transaction(setup: [], options: options, body) }
  }

  private func failing<Result>(
    _ refusals: Refusals = [:], _ body: () async throws -> Result
  ) async throws -> Result {
    do { return try await body() } catch { throw DatabaseFailure.error(for: error, refusals, logger) }
  }
}
