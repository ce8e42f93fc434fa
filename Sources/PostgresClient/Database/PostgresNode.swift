import Logging

/// One server: a pool and, for short reads, connections that callers share.
public final class PostgresNode: PostgresDatabase {
  public let pool: PostgresPool
  private let lane: PostgresLane?

  /// Begins to connect. Without prepared statements, which is how to work behind a pooler, nothing is shared.
  public init(
    url: PostgresURL, settings: PostgresPoolSettings = .init(), lane: PostgresLaneSettings = .init(),
    loop: PostgresEventLoop, log: PostgresQueryLog? = nil
  ) {
    pool = PostgresPool(url: url, settings: settings, loop: loop, log: log)
    let isShared = settings.usesPreparedStatements && lane.connections > 0
    self.lane = isShared ? PostgresLane(pool: pool, settings: lane) : nil
  }

  /// Closes the connections when their work is done.
  public func shutDown() {
    lane?.shutDown()
    pool.shutDown()
  }

  /// What the shared connections are doing; nil when nothing is shared.
  public var laneStatistics: PostgresLaneStatistics? { lane?.statistics }

  /// Executes a statement on its own, on a connection of the pool.
  public func query(_ statement: PostgresStatement, _ parameters: [PostgresValue] = []) async throws -> PostgresRows {
    try await pool.query(statement, parameters)
  }

  public func read(_ query: PostgresQuery, setup: [PostgresQuery], options: PostgresReadOptions) async throws
    -> PostgresRows
  {
    if options.lane == .pipelined, let lane {
      return try await lane.read(query, setup: setup, deadline: options.deadline)
    }
    return try await pool.read(query, setup: setup, deadline: options.deadline)
  }

  public func oneRoundTrip(
    _ statements: [PostgresQuery], setup: [PostgresQuery], options: PostgresTransactionOptions
  ) async throws -> [PostgresRows] {
    try await pool.oneRoundTrip(statements, setup: setup, options: options)
  }

  public func transaction<Value: Sendable>(
    setup: [PostgresQuery], options: PostgresTransactionOptions, _ body: (PostgresTransaction) async throws -> Value
  ) async throws -> Value {
    try await pool.transaction(setup: setup, options: options, body)
  }

  public func writePosition() async throws -> PostgresWALPosition {
    guard let row = try await pool.query("SELECT pg_current_wal_insert_lsn()").first else {
      throw PostgresError(.protocolViolation, "no row from pg_current_wal_insert_lsn()")
    }
    return try row.decode(0)
  }
}
