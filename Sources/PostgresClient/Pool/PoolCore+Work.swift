extension PoolCore {
  /// How long a server may take to answer after it was told to stop, or to roll back.
  private static let grace = Duration.seconds(2)

  /// Runs a segment on a free session.
  func start(_ exchange: Exchange, on id: SessionID) {
    var lease: LeaseID?
    if case .opens(let opened) = exchange.lease {
      lease = opened
      leases[opened]?.session = id
    }
    work[id] = SessionWork(lease: lease)
    send(exchange, on: id)
  }

  private func send(_ exchange: Exchange, on id: SessionID) {
    guard let session = sessions[id] else { return }
    work[id]?.exchange = exchange
    work[id]?.deadline = min(core.now + exchange.runsFor, exchange.deadline)
    work[id]?.closesAt = .distantFuture
    work[id]?.block = nil
    work[id]?.isOverdue = false
    session.send(exchange)
  }

  func session(_ session: Session, answered exchange: Exchange, _ reply: SegmentReply) {
    var reply = reply
    if work[session.id]?.isOverdue == true, reply.failure?.sqlState == .queryCancelled {
      reply.failure?.code = .timedOut
    }
    let wasTaken = core.answer(exchange, .success(reply))
    guard var state = work[session.id] else { return }
    state.exchange = nil
    state.block = reply.block
    // Whoever asked for the session has gone without learning that it is his.
    if case .opens(let lease) = exchange.lease, !wasTaken { leases[lease]?.isReleased = true }
    work[session.id] = state
    proceed(session.id)
  }

  /// The session's last segment is over, and perhaps its cancel request: goes on with what comes next.
  func proceed(_ id: SessionID) {
    guard let state = work[id], state.exchange == nil, !state.isCancelling, let block = state.block else { return }
    if let lease = state.lease, let leased = leases[lease] {
      if !leased.isReleased {
        if let next = leases[lease]?.pending.popFirst() { send(next, on: id) }
        return
      }
      for exchange in leased.pending { exchange.answer(.failure(Self.over)) }
      leases[lease] = nil
      work[id]?.lease = nil
    }
    switch block {
    case .idle:
      work[id] = nil
      apply(machine.released(id, now: core.now))
    case .open, .failed:
      guard !state.isCleaning else { return close(id, PostgresError(.protocolViolation, "ROLLBACK did not end it")) }
      work[id]?.isCleaning = true
      send(
        Exchange(.steps([Step(own: "ROLLBACK", isPrepared: false)]), cancellation: .never, runsFor: Self.grace), on: id)
    case .unknown: close(id, PostgresError(.protocolViolation, "the state of the transaction is not known"))
    }
  }

  func submit(_ exchange: Exchange, on lease: LeaseID) {
    guard let state = leases[lease], !state.isReleased else {
      exchange.answer(.failure(Self.gone))
      return
    }
    guard let id = state.session, let current = work[id], current.exchange == nil, !current.isCancelling else {
      leases[lease]?.pending.append(exchange)
      return
    }
    if exchange.isWanted { send(exchange, on: id) }
  }

  func release(_ lease: LeaseID) {
    guard let state = leases[lease] else { return }
    leases[lease]?.isReleased = true
    if let id = state.session { proceed(id) }
  }

  func abandon(_ exchange: Exchange) {
    if let (id, _) = work.first(where: { $0.value.exchange === exchange }) {
      // Of a segment with COMMIT nothing is cancelled once it was sent.
      if exchange.cancellation == .anyTime { cancel(id) }
      return
    }
    if exchange.cancellation == .untilSent { exchange.answer(.failure(CancellationError())) }
    dropped(exchange)
  }

  /// A segment that will not be sent: one that was to open a lease takes those behind it along.
  func dropped(_ exchange: Exchange) {
    guard case .opens(let lease) = exchange.lease, let state = leases[lease], state.session == nil else { return }
    for waiting in state.pending { waiting.answer(.failure(Self.gone)) }
    leases[lease] = nil
  }

  /// Tells the server to stop what the session runs.
  private func cancel(_ id: SessionID) {
    guard let state = work[id], !state.isCancelling, let session = sessions[id] else { return }
    work[id]?.closesAt = core.now + Self.grace
    work[id]?.isCancelling = true
    let remote = core.remote
    let pool = self.id
    let isAsked = session.requestCancel {
      remote.send(.call { core in (core.owner(pool) as? PoolCore)?.cancelReturned(id) })
    }
    if !isAsked { close(id, PostgresError(.timedOut, "too many cancel requests are under way")) }
  }

  private func cancelReturned(_ id: SessionID) {
    work[id]?.isCancelling = false
    proceed(id)
  }

  func checkDeadlines(_ id: SessionID) {
    guard let state = work[id] else { return }
    if core.now >= state.closesAt {
      return close(id, PostgresError(.timedOut, "the server did not answer in time"))
    }
    guard let exchange = state.exchange, core.now >= state.deadline, !state.isCancelling else { return }
    work[id]?.deadline = .distantFuture
    work[id]?.isOverdue = true
    let error = PostgresError(.timedOut, "no answer within \(exchange.runsFor)", statement: exchange.statementName)
    guard exchange.commits || state.isCleaning else {
      exchange.answer(.failure(error))
      return cancel(id)
    }
    // A COMMIT alone is not told to stop. A whole transaction may hang before its COMMIT, and is: its answer tells.
    if exchange.cancellation == .untilSent { cancel(id) } else { close(id, error) }
  }

  func close(_ id: SessionID, _ error: PostgresError) { sessions[id]?.close(error) }

  func sessionClosed(_ session: Session, unanswered: [Exchange], _ error: PostgresError) {
    sessions[session.id] = nil
    for exchange in unanswered {
      var failure = error.naming(exchange.statementName)
      if exchange.commits {
        failure.code = .commitUnknown
      } else if failure.code != .timedOut {
        failure.code = .maybeExecuted
      }
      exchange.answer(.failure(failure))
    }
    if let state = work.removeValue(forKey: session.id), let lease = state.lease {
      for exchange in leases[lease]?.pending ?? [] { exchange.answer(.failure(Self.gone)) }
      leases[lease] = nil
    }
    apply(machine.lost(session.id, now: core.now))
  }

  private static var gone: PostgresError {
    PostgresError(.notSent, "the connection of the transaction is lost")
  }

  private static var over: PostgresError { PostgresError(.shutDown, "the transaction is over") }
}
