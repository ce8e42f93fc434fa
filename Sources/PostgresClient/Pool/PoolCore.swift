import Logging

extension Exchange: PoolJob {}

/// A pool on the event loop: carries out what ``PoolMachine`` decides, and runs one segment at a time per session.
final class PoolCore: LoopOwner {
  let id: OwnerID
  let core: LoopCore
  let target: ConnectionTarget
  var machine: PoolMachine<Exchange>
  let gauge: PoolGauge
  var work: [SessionID: SessionWork] = [:]
  var leases: [LeaseID: LeaseState] = [:]
  /// Sessions named by the machine that are being opened.
  var sessions: [SessionID: Session] = [:]

  init(id: OwnerID, core: LoopCore, target: ConnectionTarget, settings: PostgresPoolSettings, gauge: PoolGauge) {
    self.id = id
    self.core = core
    self.target = target
    self.gauge = gauge
    machine = PoolMachine(settings: settings, makeID: { [unowned core] in core.makeSessionID() })
    apply(machine.tick(now: core.now))
  }

  func submit(_ exchange: Exchange) {
    switch exchange.lease {
    case .none: enqueue(exchange)
    case .opens(let lease):
      leases[lease] = LeaseState()
      enqueue(exchange)
    case .uses(let lease): submit(exchange, on: lease)
    }
  }

  private func enqueue(_ exchange: Exchange) {
    guard exchange.isWanted else { return dropped(exchange) }
    apply(machine.submit(exchange, now: core.now))
  }

  func apply(_ actions: [PoolMachine<Exchange>.Action]) {
    for action in actions {
      switch action {
      case .open(let id):
        let session = core.makeSession(id, target, owner: self)
        sessions[id] = session
        session.open()
      case .run(let exchange, let id): start(exchange, on: id)
      case .close(let id): sessions[id]?.close()
      case .fail(let exchange, let error):
        exchange.answer(.failure(error.naming(exchange.statementName)))
        dropped(exchange)
      }
    }
  }

  func tick() -> Bool {
    apply(machine.tick(now: core.now))
    for session in sessions.values where !session.isOpen && core.now >= session.connectsUntil {
      session.close(PostgresError(.connectFailed, "no connection to \(target.url) within \(target.connectsWithin)"))
    }
    for (id, _) in work { checkDeadlines(id) }
    if machine.isDrained { core.forget(self.id) }
    gauge.publish(machine.statistics)
    return machine.hasWaiting || !work.isEmpty
  }

  func shutDown() { apply(machine.shutDown()) }

  /// Shuts down without waiting for work under way.
  func disconnect() {
    shutDown()
    for session in sessions.values { session.close(PostgresError(.maybeExecuted, "the connection was closed")) }
    core.tickSoon()
  }

  // MARK: Sessions

  func sessionOpened(_ session: Session) {
    apply(machine.connected(session.id, now: core.now))
  }

  func sessionFailedToOpen(_ session: Session, _ error: PostgresError) {
    sessions[session.id] = nil
    if !machine.isShutDown {
      core.logger.warning("PostgreSQL connection failed", metadata: ["server": "\(target.url)", "error": "\(error)"])
    }
    apply(machine.connectFailed(session.id, error, now: core.now))
  }
}

extension PoolCore: SessionOwner {}

extension PostgresError {
  /// The same error with the name of the statement that failed.
  func naming(_ statement: String?) -> Self {
    var copy = self
    copy.statement = copy.statement ?? statement
    return copy
  }
}
