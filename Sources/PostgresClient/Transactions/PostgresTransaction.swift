import Synchronization

/// A transaction under way, valid inside the closure that was given it.
///
/// Its first statement takes a connection and brings BEGIN and the setup along in the same round trip; a closure that
/// executes nothing costs nothing. Statements of concurrent tasks are executed one after the other.
public final class PostgresTransaction: Sendable {
  private enum Phase {
    case fresh, open, over
  }

  private struct State {
    var phase = Phase.fresh
    var savepoints = 0
    /// A failure that tells whether running the whole again may help.
    var failure: PostgresError?
    var beginFailure: PostgresError?
    var hasStalePlan = false
  }

  let pool: PostgresPool
  private let lease: LeaseID
  private let opening: [Step]
  let setup: [PostgresQuery]
  private let state = Mutex(State())

  /// - Parameter opening: BEGIN, the limit of idleness and the statements of `setup`.
  init(pool: PostgresPool, opening: [Step], setup: [PostgresQuery]) {
    self.pool = pool
    self.setup = setup
    lease = LeaseID(number: pool.loop.makeNumber())
    self.opening = opening
  }

  /// Executes a statement.
  public func query(_ statement: PostgresStatement, _ parameters: [PostgresValue] = []) async throws -> PostgresRows {
    try await batch([PostgresQuery(statement, parameters)])[0]
  }

  /// Executes a statement.
  public func query(_ query: PostgresQuery) async throws -> PostgresRows { try await batch([query])[0] }

  /// Executes statements that do not need one another's results, in one round trip. The first that fails ends it.
  public func batch(_ queries: [PostgresQuery]) async throws -> [PostgresRows] {
    guard !queries.isEmpty else { return [] }
    let steps = try queries.map { try Step($0) }
    var reply = try await pool.watch(queries, setup: setup) { try await perform(steps) }
    if let failure = reply.failure { throw failure }
    reply.results.removeFirst(reply.results.count - queries.count)
    return try pool.rows(reply, queries.count)
  }

  /// Executes several statements from one text, without parameters.
  public func script(_ sql: String) async throws {
    _ = try await performAlone(.script(try PostgresStatement(sql, name: "script").checked()))
  }

  /// Runs what cannot go out together with BEGIN.
  func performAlone(_ segment: Segment) async throws -> SegmentReply {
    if state.withLock({ $0.phase == .fresh }) { _ = try await batch(["SELECT 1"].map { PostgresQuery($0) }) }
    let lease = try take().lease
    do {
      let reply = try await pool.perform(pool.exchange(segment, lease: lease))
      note(reply)
      return try reply.checked()
    } catch {
      state.withLock { $0.failure = error as? PostgresError }
      throw error
    }
  }

  /// Runs `body` in a savepoint: when it throws, what it did is undone and the transaction goes on.
  ///
  /// Not for concurrent use within one transaction: savepoints nest.
  public func savepoint<Value>(_ body: (PostgresTransaction) async throws -> Value) async throws -> Value {
    let name = state.withLock { state in
      state.savepoints += 1
      return "s\(state.savepoints)"
    }
    let value: Value
    _ = try await perform([Step(own: "SAVEPOINT \(name)", isPrepared: false)]).checked()
    do {
      value = try await body(self)
    } catch {
      let undo = ["ROLLBACK TO SAVEPOINT \(name)", "RELEASE SAVEPOINT \(name)"]
      // A cancelled task must undo too, so that the transaction may go on or be rolled back in order.
      _ = try await perform(undo.map { Step(own: $0, isPrepared: false) }, cancellation: .never).checked()
      state.withLock { $0.failure = nil }
      throw error
    }
    _ = try await perform([Step(own: "RELEASE SAVEPOINT \(name)", isPrepared: false)]).checked()
    return value
  }

  private func perform(_ steps: [Step], cancellation: Exchange.Cancellation = .anyTime) async throws -> SegmentReply {
    let (lease, isFirst) = try take()
    do {
      let exchange = pool.exchange(.steps(isFirst ? opening + steps : steps), lease: lease, cancellation: cancellation)
      let reply = try await pool.perform(exchange)
      note(reply)
      if isFirst, let failure = reply.failure, reply.results.count < opening.count {
        state.withLock { $0.beginFailure = failure }
      }
      return reply
    } catch {
      state.withLock { $0.failure = error as? PostgresError }
      throw error
    }
  }

  /// The first caller opens the session, the others use it.
  private func take() throws -> (lease: Exchange.Lease, isFirst: Bool) {
    try state.withLock { state in
      switch state.phase {
      case .fresh:
        state.phase = .open
        return (.opens(lease), true)
      case .open: return (.uses(lease), false)
      case .over: throw PostgresError(.shutDown, "the transaction is over")
      }
    }
  }

  private func note(_ reply: SegmentReply) {
    guard let failure = reply.failure else { return }
    state.withLock { state in
      state.failure = failure
      if reply.hasStalePlan { state.hasStalePlan = true }
    }
  }

  // MARK: The end

  /// BEGIN or the setup failed.
  var beginFailure: PostgresError? { state.withLock { $0.beginFailure } }

  /// Whether the whole may succeed when it is run again, nothing having been committed.
  var mayRunAgain: Bool {
    state.withLock { state in
      guard let failure = state.failure else { return false }
      return failure.isSerializationFailure || state.hasStalePlan || [.maybeExecuted, .notSent].contains(failure.code)
    }
  }

  /// Ends the closure's part. Tells whether there is anything to commit or roll back.
  func end() -> Bool {
    state.withLock { state in
      defer { state.phase = .over }
      return state.phase == .open
    }
  }

  /// Commits. Nothing cancels it.
  /// - Throws: ``PostgresError``; with ``PostgresError/Code/commitUnknown`` when nobody knows.
  func commit(_ options: PostgresTransactionOptions) async throws {
    let exchange = pool.exchange(
      .steps(options.ending), lease: .uses(lease), cancellation: .never, commits: true,
      runsFor: options.commitDeadline)
    let reply = try await pool.perform(exchange)
    try CommitReply.check(reply, at: 0)
    options.onCommit?(CommitReply.position(reply, behind: 0))
  }

  /// Rolls back, unless the caller was cancelled: then the pool does it, and nobody waits.
  func rollback() async throws {
    guard !Task.isCancelled else { return }
    let exchange = pool.exchange(
      .steps([Step(own: "ROLLBACK")]), lease: .uses(lease), cancellation: .anyTime, runsFor: .seconds(2))
    do {
      _ = try await pool.perform(exchange).checked()
    } catch is CancellationError {
      return
    } catch let error as PostgresError where error.code == .notSent {
      // The connection is gone, and the transaction with it.
      return
    }
  }

  /// Gives the session back; the pool rolls back what is still open.
  func release() { pool.release(lease) }
}

extension SegmentReply {
  /// - Throws: the failure.
  func checked() throws(PostgresError) -> Self {
    if let failure { throw failure }
    return self
  }
}
