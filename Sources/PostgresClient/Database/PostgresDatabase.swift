/// One server or several that hold the same data: what repositories are written against.
public protocol PostgresDatabase: Sendable {
  /// Reads: the setup and the statement in one implicit read transaction and one round trip.
  ///
  /// Sent again, once, when the connection is lost; so it must be a read.
  /// - Parameter setup: statements in front of it in the same transaction, such as
  ///   `SELECT set_config('app.tenant_id', $1, true)`.
  func read(_ query: PostgresQuery, setup: [PostgresQuery], options: PostgresReadOptions) async throws -> PostgresRows

  /// Runs a whole transaction of statements that do not need one another's results in one round trip.
  ///
  /// As ``PostgresPool/oneRoundTrip(_:setup:options:)``.
  func oneRoundTrip(_ statements: [PostgresQuery], setup: [PostgresQuery], options: PostgresTransactionOptions)
    async throws -> [PostgresRows]

  /// Runs a transaction of several steps. As ``PostgresPool/transaction(setup:options:_:)``.
  func transaction<Value: Sendable>(
    setup: [PostgresQuery], options: PostgresTransactionOptions, _ body: (PostgresTransaction) async throws -> Value
  ) async throws -> Value

  /// How far the primary's log has been written: what was committed before this call lies before it.
  func writePosition() async throws -> PostgresWALPosition
}

extension PostgresDatabase {
  /// Reads without a setup or with the usual options.
  public func read(_ query: PostgresQuery, setup: [PostgresQuery] = []) async throws -> PostgresRows {
    try await read(query, setup: setup, options: PostgresReadOptions())
  }

  /// Runs a whole transaction in one round trip with the usual options.
  public func oneRoundTrip(_ statements: [PostgresQuery], setup: [PostgresQuery] = []) async throws -> [PostgresRows] {
    try await oneRoundTrip(statements, setup: setup, options: PostgresTransactionOptions())
  }

  /// Runs a transaction with the usual options.
  public func transaction<Value: Sendable>(
    setup: [PostgresQuery] = [], _ body: (PostgresTransaction) async throws -> Value
  ) async throws -> Value {
    try await transaction(setup: setup, options: PostgresTransactionOptions(), body)
  }
}
