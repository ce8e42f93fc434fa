import PostgresClient
import Synchronization

/// A database that remembers what it was asked, and asks another.
final class RecordingDatabase: PostgresDatabase {
  /// A statement with what was executed before it in its transaction.
  struct Asked: Sendable {
    let query: PostgresQuery
    let setup: [PostgresQuery]
  }

  private let inner: any PostgresDatabase
  private let state = Mutex<(asked: [Asked], roundTrips: Int)>(([], 0))

  init(_ inner: any PostgresDatabase) { self.inner = inner }

  /// What was asked since the last call, but for statements of transactions of several steps.
  func takeAsked() -> (asked: [Asked], roundTrips: Int) {
    state.withLock { state in
      defer { state = ([], 0) }
      return state
    }
  }

  func read(_ query: PostgresQuery, setup: [PostgresQuery], options: PostgresReadOptions) async throws -> PostgresRows {
    note([query], setup)
    return try await inner.read(query, setup: setup, options: options)
  }

  func oneRoundTrip(
    _ statements: [PostgresQuery], setup: [PostgresQuery], options: PostgresTransactionOptions
  ) async throws -> [PostgresRows] {
    note(statements, setup)
    return try await inner.oneRoundTrip(statements, setup: setup, options: options)
  }

  func transaction<Value: Sendable>(
    setup: [PostgresQuery], options: PostgresTransactionOptions, _ body: (PostgresTransaction) async throws -> Value
  ) async throws -> Value {
    try await inner.transaction(setup: setup, options: options, body)
  }

  func writePosition() async throws -> PostgresWALPosition { try await inner.writePosition() }

  private func note(_ queries: [PostgresQuery], _ setup: [PostgresQuery]) {
    state.withLock { state in
      state.asked += queries.map { Asked(query: $0, setup: setup) }
      state.roundTrips += 1
    }
  }
}
