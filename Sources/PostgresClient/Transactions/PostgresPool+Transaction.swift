extension PostgresPool {
  /// Runs a transaction: `body`, then COMMIT; ROLLBACK when it throws.
  ///
  /// Runs the whole again, up to `options.retries` times, after a serialization failure, a deadlock or the loss of the
  /// connection before COMMIT; so `body` may be called more than once. After COMMIT was sent nothing is cancelled.
  /// - Parameter setup: statements that go out with BEGIN, in front of the first of `body`.
  /// - Throws: what `body` throws, when the rollback worked; else ``PostgresTransactionError``.
  public func transaction<Value: Sendable>(
    setup: [PostgresQuery] = [], options: PostgresTransactionOptions = .init(),
    _ body: (PostgresTransaction) async throws -> Value
  ) async throws -> Value {
    let opening = [options.begin, limitIdleness] + (try setup.map { try Step($0) })
    var attempt = 0
    while true {
      switch await attemptTransaction(opening, setup, options, body) {
      case .success(let value): return value
      case .failure(let failure):
        guard failure.mayRunAgain, attempt < options.retries, !Task.isCancelled else { throw failure.error }
        try await Task.sleep(for: options.delay(before: attempt, random: .random(in: 0..<1)))
        attempt += 1
      }
    }
  }

  /// Has the server end the transaction of a client that has vanished or stands still: it would keep its locks until the
  /// connection is given up, which takes hours with the usual settings of TCP.
  ///
  /// As long as a statement may take, since that long its locks may be held anyway; at least ten seconds, since where statements
  /// must be quick a client that is short of processor time need not be.
  private var limitIdleness: Step {
    // The server takes no more than 31 bits of milliseconds.
    let limit = min(max(settings.statementDeadline, .seconds(10)), .seconds(2_000_000))
    return Step(
      own: "SET LOCAL idle_in_transaction_session_timeout = \(Int(limit / .milliseconds(1)))", isPrepared: false)
  }

  private struct Failure: Error {
    let error: any Error
    var mayRunAgain = false
  }

  private func attemptTransaction<Value>(
    _ opening: [Step], _ setup: [PostgresQuery], _ options: PostgresTransactionOptions,
    _ body: (PostgresTransaction) async throws -> Value
  ) async -> Result<Value, Failure> {
    let transaction = PostgresTransaction(pool: self, opening: opening, setup: setup)
    defer { transaction.release() }
    let value: Value
    do {
      value = try await body(transaction)
    } catch {
      return .failure(await undo(transaction, error))
    }
    guard transaction.end() else { return .success(value) }
    do {
      try await transaction.commit(options)
      return .success(value)
    } catch {
      let failure = error as? PostgresError
      let isUnknown = failure?.code == .commitUnknown
      return .failure(
        Failure(
          error: PostgresTransactionError(commit: error, isOutcomeUnknown: isUnknown),
          mayRunAgain: !isUnknown && (failure?.isSerializationFailure == true || failure?.code == .notSent)))
    }
  }

  /// Rolls back after `body` threw.
  private func undo(_ transaction: PostgresTransaction, _ error: any Error) async -> Failure {
    let mayRunAgain = transaction.mayRunAgain
    guard transaction.end() else { return Failure(error: error) }
    if let begin = transaction.beginFailure {
      return Failure(error: PostgresTransactionError(begin: begin), mayRunAgain: mayRunAgain)
    }
    do {
      try await transaction.rollback()
      return Failure(error: error, mayRunAgain: mayRunAgain)
    } catch let rollback {
      return Failure(error: PostgresTransactionError(body: error, rollback: rollback), mayRunAgain: mayRunAgain)
    }
  }

  /// Runs a whole transaction of statements that do not need one another's results in one round trip: BEGIN, the setup,
  /// the statements, COMMIT.
  ///
  /// Cancellation is heeded until it is sent. Retries are those of ``transaction(setup:options:_:)``.
  /// - Returns: the rows of each statement, those of the setup left out.
  /// - Throws: ``PostgresError`` of the statement that failed, everything being rolled back; with
  ///   ``PostgresError/Code/commitUnknown`` when nobody knows.
  public func oneRoundTrip(
    _ statements: [PostgresQuery], setup: [PostgresQuery] = [], options: PostgresTransactionOptions = .init()
  ) async throws -> [PostgresRows] {
    let inner = try (setup + statements).map { try Step($0) }
    let steps = [options.begin] + inner + options.ending
    var attempt = 0
    while true {
      let exchange = exchange(.steps(steps), cancellation: .untilSent, commits: true)
      var reply = try await watch(statements, setup: setup) { try await perform(exchange) }
      let failure: PostgresError
      do throws(PostgresError) {
        try CommitReply.check(reply, at: 1 + inner.count)
        options.onCommit?(CommitReply.position(reply, behind: 1 + inner.count))
        reply.results = Array(reply.results[(1 + setup.count)...inner.count])
        reply.failure = nil
        return try rows(reply, statements.count)
      } catch {
        failure = error
      }
      let mayRunAgain = failure.isSerializationFailure || reply.hasStalePlan
      guard mayRunAgain, attempt < options.retries, !Task.isCancelled else { throw failure }
      try await Task.sleep(for: options.delay(before: attempt, random: .random(in: 0..<1)))
      attempt += 1
    }
  }
}
