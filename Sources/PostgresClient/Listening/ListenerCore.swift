import Logging

/// A listener on the event loop: carries out what ``ListenerMachine`` decides.
final class ListenerCore: LoopOwner, SessionOwner {
  private let id: OwnerID
  private let core: LoopCore
  private let server: @Sendable () -> PostgresURL
  /// Where the last attempt went.
  private var target: ConnectionTarget
  private let channels: [String]
  private let events: AsyncStream<PostgresListenerEvent>.Continuation
  private var machine: ListenerMachine
  private var session: Session?

  init(
    id: OwnerID, core: LoopCore, server: @escaping @Sendable () -> PostgresURL, channels: [String],
    settings: PostgresListener.Settings, events: AsyncStream<PostgresListenerEvent>.Continuation
  ) {
    self.id = id
    self.core = core
    self.server = server
    target = Self.target(server(), settings)
    self.channels = channels
    self.events = events
    machine = ListenerMachine(settings: settings, now: core.now)
    apply(machine.tick(now: core.now))
  }

  func submit(_ exchange: Exchange) {
    exchange.answer(.failure(PostgresError(.protocolViolation, "a listener executes nothing")))
  }
  func abandon(_ exchange: Exchange) {}
  func release(_ lease: LeaseID) {}

  func tick() -> Bool {
    if let session, !session.isOpen, core.now >= session.connectsUntil {
      session.close(PostgresError(.connectFailed, "no connection to \(target.url) within \(target.connectsWithin)"))
    }
    apply(machine.tick(now: core.now))
    return session?.isOpen == false
  }

  func shutDown() {
    machine.shutDown()
    session?.close()
    events.finish()
    core.forget(id)
  }

  private func apply(_ actions: [ListenerMachine.Action]) {
    for action in actions {
      switch action {
      case .connect:
        target = Self.target(server(), machine.settings)
        let session = core.makeSession(core.makeSessionID(), target, owner: self)
        self.session = session
        session.open()
      case .listen: send(channels.map { "LISTEN " + SQLIdentifier.quoted($0) })
      case .probe:
        guard server() == target.url else {
          session?.close(PostgresError(.shutDown, "another server is primary"))
          return
        }
        send(["SELECT 1"])
      case .close: session?.close(PostgresError(.timedOut, "no sign of life"))
      case .tell(let event): tell(event)
      }
    }
  }

  private static func target(_ url: PostgresURL, _ settings: PostgresListener.Settings) -> ConnectionTarget {
    ConnectionTarget(url: url, connectsWithin: settings.connectTimeout, preparedStatements: 0)
  }

  private func send(_ statements: [String]) {
    session?.send(
      Exchange(
        .steps(statements.map { Step(own: $0, isPrepared: false) }), cancellation: .never,
        runsFor: machine.settings.probeDeadline))
  }

  private func tell(_ event: PostgresListenerEvent) {
    for event in machine.events(for: event) {
      if case .dropped = events.yield(event) { return machine.delivered(false) }
      machine.delivered(true)
    }
  }

  // MARK: Sessions

  func sessionOpened(_ session: Session) { apply(machine.connected(now: core.now)) }

  func sessionFailedToOpen(_ session: Session, _ error: PostgresError) {
    core.logger.warning(
      "PostgreSQL listener not connected", metadata: ["server": "\(target.url)", "error": "\(error)"])
    forget(session)
  }

  func session(_ session: Session, answered exchange: Exchange, _ reply: SegmentReply) {
    apply(machine.answered(isSuccess: reply.failure == nil, now: core.now))
  }

  func sessionClosed(_ session: Session, unanswered: [Exchange], _ error: PostgresError) { forget(session) }

  func session(_ session: Session, notifiedOn channel: String, payload: String) {
    tell(.notification(channel: channel, payload: payload))
  }

  private func forget(_ session: Session) {
    self.session = nil
    apply(machine.lost(random: .random(in: 0..<1), now: core.now))
  }
}
