import Logging

/// What lives on the event loop's thread and is touched by no other: the sessions and who they belong to.
final class LoopCore {
  let poller: Poller
  let logger: Logger
  private let inbox: LoopInbox
  let lookUps = BlockingCalls()
  let cancelRequests = BlockingCalls()
  /// The time at the beginning of this turn.
  private(set) var now = Instant.now
  private var sessions: [SessionID: Session] = [:]
  private var owners: [OwnerID: any LoopOwner] = [:]
  private var nextSession: UInt64 = 1
  private var isRunning = true
  private var nextTick = Instant.now
  private var ticksSoon = false
  private var wakeUps = WakeUpPolicy()
  /// Where results go that nobody reads any longer.
  let bin = ResultBin()
  /// Sessions that were given something to send in this turn.
  private var unflushed: [Session] = []
  /// Callers that were answered in this turn.
  private var answered: [UnsafeContinuation<Void, Never>] = []
  var scratch = ParameterScratch()

  init(poller: Poller, inbox: LoopInbox, logger: Logger) {
    self.poller = poller
    self.inbox = inbox
    self.logger = logger
  }

  /// Turns until stopped.
  func run() {
    while isRunning {
      wakeUps.fallAsleep()
      poller.wait(milliseconds: inbox.fallAsleep() ? millisecondsToTick : 0) {
        inbox.wakeUp()
        wakeUps.wakeUp()
      } handle: { token, interest in
        sessions[SessionID(number: token)]?.ready(interest)
      }
      now = .now
      for command in inbox.take() { perform(command) }
      if ticksSoon {
        ticksSoon = false
        nextTick = min(nextTick, now + .milliseconds(10))
      }
      if now >= nextTick { tick() }
      endTurn()
    }
    for owner in owners.values { owner.shutDown() }
    for session in sessions.values { session.close() }
    // They hold this object.
    owners = [:]
    for command in inbox.close() { refuse(command) }
    endTurn()
    bin.close()
  }

  private var millisecondsToTick: Int32 {
    let wait = (nextTick - now).components
    return Int32(clamping: wait.seconds * 1000 + wait.attoseconds / 1_000_000_000_000_000 + 1)
  }

  /// Gives the server its work first, then wakes the callers, all at once.
  private func endTurn() {
    // To lose a connection here can give another one something to send.
    while let session = unflushed.popLast() { session.goOnSending() }
    for continuation in answered { continuation.resume() }
    answered.removeAll(keepingCapacity: true)
    bin.empty()
  }

  /// Has a session flushed at the end of this turn.
  func flushLater(_ session: Session) { unflushed.append(session) }

  /// Answers a caller, who is woken at the end of this turn. Tells whether this was the answer.
  @discardableResult
  func answer(_ exchange: Exchange, _ result: Result<SegmentReply, any Error>) -> Bool {
    let (isFirst, continuation) = exchange.settle(result)
    if let continuation { answered.append(continuation) }
    return isFirst
  }

  /// Calls an owner's `tick` every 10 ms while it has something under way, and every half second otherwise.
  private func tick() {
    var isBusy = false
    for owner in owners.values where owner.tick() { isBusy = true }
    wakeUps.adapt(underWay: sessions.values.reduce(0) { $0 + $1.pendingCount })
    nextTick = now + (isBusy ? .milliseconds(10) : .milliseconds(500))
  }

  /// Has the next turn look at the clock.
  func tickSoon() { ticksSoon = true }

  private func perform(_ command: LoopCommand) {
    switch command {
    case .submit(let exchange, let owner):
      if let owner = owners[owner] {
        owner.submit(exchange)
        tickSoon()
      } else {
        exchange.answer(.failure(PostgresError(.shutDown, "the client was shut down")))
      }
    case .abandon(let exchange, let owner): owners[owner]?.abandon(exchange)
    case .release(let lease, let owner): owners[owner]?.release(lease)
    case .adopt(let owner, let make): owners[owner] = make(self)
    case .remove(let owner):
      owners[owner]?.shutDown()
      tickSoon()
    case .call(let body): body(self)
    case .stop: isRunning = false
    }
  }

  /// Nothing is performed any longer: whoever waits is told.
  private func refuse(_ command: LoopCommand) {
    if case .submit(let exchange, _) = command {
      exchange.answer(.failure(PostgresError(.shutDown, "the event loop was stopped")))
    }
  }

  /// A name for a session to be made.
  func makeSessionID() -> SessionID {
    defer { nextSession += 1 }
    return SessionID(number: nextSession)
  }

  /// A new session, not yet connecting.
  func makeSession(_ id: SessionID, _ target: ConnectionTarget, owner: any SessionOwner) -> Session {
    let session = Session(id: id, target: target, core: self, owner: owner)
    sessions[id] = session
    return session
  }

  func session(_ id: SessionID) -> Session? { sessions[id] }

  func owner(_ id: OwnerID) -> (any LoopOwner)? { owners[id] }

  func forget(_ session: SessionID) { sessions[session] = nil }

  func forget(_ owner: OwnerID) { owners[owner] = nil }

  /// Sends work back to this thread.
  var remote: LoopInbox { inbox }
}

/// Identifies a connection for the life of the process.
struct SessionID: Hashable, Sendable {
  let number: UInt64
}

/// Identifies the session that a transaction holds.
struct LeaseID: Hashable, Sendable {
  let number: UInt64
}

/// Identifies what owns sessions: a pool, a lane, a listener.
struct OwnerID: Hashable, Sendable {
  let number: UInt64
}

/// A pool, a lane or a listener, as the event loop sees it.
protocol LoopOwner: AnyObject {
  func submit(_ exchange: Exchange)
  /// The caller has gone.
  func abandon(_ exchange: Exchange)
  /// The transaction no longer needs its session.
  func release(_ lease: LeaseID)
  /// Looks at deadlines and publishes statistics; tells whether something is under way that needs looking at again soon.
  func tick() -> Bool
  func shutDown()
}
