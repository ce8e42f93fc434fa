package import Logging
package import PostgresClient

/// The database as its owner uses it, across tenants: migrations, the directory of tenants, sweeper and relay.
package struct PlatformDatabase: Sendable {
  private let database: any PostgresDatabase
  private let desk: OutboxDesk?
  private let logger: Logger
  private let options: PostgresTransactionOptions

  /// The database through a connection as the owner of the schema.
  /// - Parameters:
  ///   - desk: where changes that run in a cache note their commits; without it their word is left to the relay.
  ///   - retries: how often a transaction that others stood in the way of is run again.
  package init(_ database: any PostgresDatabase, desk: OutboxDesk? = nil, retries: Int = 3, logger: Logger) {
    self.database = database
    self.desk = desk
    self.logger = logger
    options = PostgresTransactionOptions(retries: retries)
  }

  /// One statement that reads, on the primary.
  func read(_ query: PostgresQuery) async throws -> PostgresRows {
    try await failing { try await database.read(query, setup: [], options: .current) }
  }

  /// A whole transaction in one round trip.
  func write(_ statements: [PostgresQuery], refusals: Refusals = [:]) async throws -> [PostgresRows] {
    let (setup, options) = changing()
    return try await failing(refusals) {
      try await database.oneRoundTrip(statements, setup: setup, options: options)
    }
  }

  /// A transaction that decides between its statements.
  func transaction<Result: Sendable>(
    refusals: Refusals = [:], _ body: @Sendable (PostgresTransaction) async throws -> Result
  ) async throws -> Result {
    let (setup, options) = changing()
    return try await failing(refusals) { try await database.transaction(setup: setup, options: options, body) }
  }

  private func changing() -> ([PostgresQuery], PostgresTransactionOptions) {
    var options = options
    guard let change = desk?.note(in: &options) else { return ([], options) }
    return ([PostgresQuery(Self.setChange, [.text("\(change)")])], options)
  }

  private static let setChange = PostgresStatement(
    "SELECT set_config('app.change', $1, true)", name: "set_change")

  private func failing<Result>(
    _ refusals: Refusals = [:], _ body: () async throws -> Result
  ) async throws -> Result {
    do { return try await body() } catch { throw DatabaseFailure.error(for: error, refusals, logger) }
  }
}
