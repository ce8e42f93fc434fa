import HTTPAdapter
import Kernel
import PostgresClient
import Synchronization

/// Counts and times what a database is asked.
final class MeteredDatabase: PostgresDatabase {
  private let database: any PostgresDatabase
  private let ticker: any Ticker
  private let sums = Mutex(QueryTotals())

  init(_ database: any PostgresDatabase, ticker: any Ticker = SystemClock()) {
    self.database = database
    self.ticker = ticker
  }

  /// What it has been asked since it was made; a transaction counts once.
  var totals: QueryTotals { sums.withLock(\.self) }

  func read(_ query: PostgresQuery, setup: [PostgresQuery], options: PostgresReadOptions) async throws -> PostgresRows {
    try await metered { try await database.read(query, setup: setup, options: options) }
  }

  func oneRoundTrip(
    _ statements: [PostgresQuery], setup: [PostgresQuery], options: PostgresTransactionOptions
  ) async throws -> [PostgresRows] {
    try await metered { try await database.oneRoundTrip(statements, setup: setup, options: options) }
  }

  func transaction<Value: Sendable>(
    setup: [PostgresQuery], options: PostgresTransactionOptions, _ body: (PostgresTransaction) async throws -> Value
  ) async throws -> Value {
    try await metered { try await database.transaction(setup: setup, options: options, body) }
  }

  func writePosition() async throws -> PostgresWALPosition { try await database.writePosition() }

  private func metered<Value>(_ call: () async throws -> Value) async throws -> Value {
    let start = ticker.nanoseconds()
    do {
      let value = try await call()
      note(start, hasFailed: false)
      return value
    } catch {
      note(start, hasFailed: true)
      throw error
    }
  }

  private func note(_ start: UInt64, hasFailed: Bool) {
    let seconds = Double(ticker.nanoseconds() - start) / 1e9
    sums.withLock { sums in
      sums.count += 1
      sums.seconds += seconds
      if hasFailed { sums.failures += 1 }
    }
  }
}
