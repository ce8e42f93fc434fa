import Logging
import Synchronization

/// The shared connections on the event loop: carries out what ``LaneMachine`` decides.
///
/// A cancelled caller is answered at once and its reply thrown away when it comes: a cancel request would hit whatever
/// runs.
final class LaneCore: LoopOwner, SessionOwner {
  private let id: OwnerID
  private let core: LoopCore
  private let target: ConnectionTarget
  private let pool: OwnerID
  private let gauge: LaneGauge
  private var machine: LaneMachine
  private var sessions: [SessionID: Session] = [:]

  init(
    id: OwnerID, core: LoopCore, target: ConnectionTarget, settings: PostgresLaneSettings, lifetime: Duration,
    pool: OwnerID, gauge: LaneGauge
  ) {
    self.id = id
    self.core = core
    // What is done again on another connection must not write.
    self.target = target.readingOnly
    self.pool = pool
    self.gauge = gauge
    machine = LaneMachine(settings: settings, lifetime: lifetime)
    openMissing()
  }

  func submit(_ exchange: Exchange) {
    guard exchange.isWanted else { return }
    switch machine.route(exchange.lastText, now: core.now) {
    case .send(let id): sessions[id]?.send(exchange)
    case .divert: divert(exchange)
    }
  }

  /// Only what went to the pool is told.
  func abandon(_ exchange: Exchange) { poolCore?.abandon(exchange) }

  func release(_ lease: LeaseID) {}

  func tick() -> Bool {
    for id in machine.stalled(now: core.now) { giveUp(id) }
    for id in machine.retired(now: core.now) { sessions[id]?.close() }
    for session in sessions.values {
      if !session.isOpen, core.now >= session.connectsUntil {
        session.close(PostgresError(.connectFailed, "no connection to \(target.url) within \(target.connectsWithin)"))
      }
      session.expireCallers()
    }
    openMissing()
    gauge.publish(machine.statistics)
    return machine.isBusy
  }

  func shutDown() {
    machine.shutDown()
    for session in sessions.values { session.close() }
    core.forget(id)
  }

  // MARK: Sessions

  func sessionOpened(_ session: Session) { machine.connected(session.id, now: core.now) }

  func sessionFailedToOpen(_ session: Session, _ error: PostgresError) {
    sessions[session.id] = nil
    machine.lost(session.id, now: core.now)
  }

  func session(_ session: Session, answered exchange: Exchange, _ reply: SegmentReply) {
    machine.answered(session.id, now: core.now)
    core.answer(exchange, .success(reply))
    if session.pendingCount == 0, reply.block != .idle {
      session.close(
        PostgresError(.protocolViolation, "a read left a transaction open", statement: exchange.statementName))
    }
  }

  /// Whatever was under way is done again on the pool.
  func sessionClosed(_ session: Session, unanswered: [Exchange], _ error: PostgresError) {
    sessions[session.id] = nil
    machine.lost(session.id, now: core.now)
    for exchange in unanswered where exchange.isWanted { divert(exchange) }
  }

  private func giveUp(_ id: SessionID) {
    guard let session = sessions[id] else { return }
    if let head = session.replies.tokens.first { machine.markSlow(head.exchange.lastText, now: core.now) }
    // Without it the server would finish the statement for nobody. When too many requests are under way it does.
    _ = session.requestCancel {}
    session.close(PostgresError(.timedOut, "the statement took longer than the shared connection allows"))
  }

  private func divert(_ exchange: Exchange) {
    if let poolCore {
      poolCore.submit(exchange)
    } else {
      exchange.answer(.failure(PostgresError(.shutDown, "the pool was shut down")))
    }
  }

  private var poolCore: PoolCore? { core.owner(pool) as? PoolCore }

  private func openMissing() {
    for _ in 0..<machine.missing(now: core.now) {
      let id = core.makeSessionID()
      machine.opening(id)
      let session = core.makeSession(id, target, owner: self)
      sessions[id] = session
      session.open()
    }
  }
}

/// The last statistics of a lane, for whoever asks from another thread.
final class LaneGauge: Sendable {
  private let statistics = Mutex(PostgresLaneStatistics())

  var current: PostgresLaneStatistics { statistics.withLock { $0 } }

  func publish(_ new: PostgresLaneStatistics) { statistics.withLock { $0 = new } }
}

extension Exchange {
  /// The text of the last statement: what the exchange is about.
  var lastText: String {
    switch segment {
    case .steps(let steps): steps.last?.statement.sql ?? ""
    case .script(let statement), .copy(let statement, _): statement.sql
    }
  }
}

extension Session {
  /// Answers callers whose deadline has passed; their replies are thrown away.
  func expireCallers() {
    for pending in replies.tokens where pending.exchange.deadline <= core.now {
      let exchange = pending.exchange
      exchange.answer(
        .failure(PostgresError(.timedOut, "no answer by the caller's deadline", statement: exchange.statementName)))
    }
  }
}
