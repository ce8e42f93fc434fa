import CLibPQ
import Logging

/// What a pool, a lane or a listener hears from its sessions.
protocol SessionOwner: AnyObject {
  func sessionOpened(_ session: Session)
  /// No connection was made; the session is gone.
  func sessionFailedToOpen(_ session: Session, _ error: PostgresError)
  /// A segment is over.
  func session(_ session: Session, answered exchange: Exchange, _ reply: SegmentReply)
  /// The connection is lost or was closed; the session is gone.
  /// - Parameter unanswered: what had been sent, in order.
  func sessionClosed(_ session: Session, unanswered: [Exchange], _ error: PostgresError)
  func session(_ session: Session, notifiedOn channel: String, payload: String)
}

extension SessionOwner {
  func session(_ session: Session, notifiedOn channel: String, payload: String) {}
}

/// One connection: sends segments, reads answers, and gives each to the question it belongs to.
///
/// Lives on the event loop's thread. The order of questions and answers is ``ReplyQueue``'s, in pipeline mode always.
final class Session {
  enum Phase {
    case resolving, connecting, open, closed
  }

  /// A segment that was sent.
  struct Pending {
    let exchange: Exchange
    var reply = SegmentReply()
    /// Names under which steps are being prepared.
    var preparing: [(step: Int, name: String)] = []

    init(_ exchange: Exchange) { self.exchange = exchange }

    /// The statement of a step.
    func statement(_ step: Int) -> PostgresStatement? {
      guard case .steps(let steps) = exchange.segment, steps.indices.contains(step) else { return nil }
      return steps[step].statement
    }
  }

  let id: SessionID
  let target: ConnectionTarget
  let openedAt: Instant
  unowned let core: LoopCore
  private(set) var owner: (any SessionOwner)?
  var phase = Phase.resolving
  var connection: OpaquePointer?
  var descriptor: Int32 = -1
  var statements: StatementCache
  var replies = ReplyQueue<Pending>()
  /// Whether the last statement's answer came with a WARNING.
  var hasWarning = false
  /// The script or copy that runs outside pipeline mode.
  var script: Pending?
  /// How many bytes of the copy were given to libpq; nil while the server does not ask for any.
  var copiedBytes: Int?
  private(set) var isWatchingWrites = false
  /// Whether the event loop will flush it at the end of this turn.
  private var isFlushedLater = false
  let connectsUntil: Instant

  init(id: SessionID, target: ConnectionTarget, core: LoopCore, owner: any SessionOwner) {
    self.id = id
    self.target = target
    self.core = core
    self.owner = owner
    openedAt = core.now
    connectsUntil = core.now + target.connectsWithin
    statements = StatementCache(capacity: target.preparedStatements)
  }

  var isOpen: Bool { phase == .open }

  /// How many segments were sent and not answered.
  var pendingCount: Int { replies.count + (script == nil ? 0 : 1) }

  /// The transaction block that the connection is in when nothing is pending.
  var block: TransactionBlock {
    switch PQtransactionStatus(connection) {
    case PQTRANS_IDLE: .idle
    case PQTRANS_INTRANS: .open
    case PQTRANS_INERROR: .failed
    default: .unknown
    }
  }

  /// The socket can be read or written.
  func ready(_ interest: Poller.Interest) {
    switch phase {
    case .resolving, .closed: break
    case .connecting: pollConnecting()
    case .open:
      if interest.contains(.write) { goOnSending() }
      if interest.contains(.read) { receive() }
    }
  }

  /// Has what was written sent at the end of this turn.
  func flushLater() {
    guard !isFlushedLater else { return }
    isFlushedLater = true
    core.flushLater(self)
  }

  /// Sends what waits, of a copy too. Whoever flushes a copy must go on with it: the socket, which has room then, will not
  /// tell of it again.
  func goOnSending() {
    flush()
    goOnCopying()
  }

  /// Sends what libpq and the socket hold; asks to be told when the socket takes more.
  func flush() {
    isFlushedLater = false
    guard isOpen else { return }
    switch PQflush(connection) {
    case 0: watch(writes: false)
    case 1: watch(writes: true)
    default: return lost()
    }
    SocketCork.push(descriptor)
  }

  private func watch(writes: Bool) {
    guard writes != isWatchingWrites else { return }
    isWatchingWrites = writes
    core.poller.watch(descriptor, id.number, writes ? [.read, .write] : .read)
  }

  /// Ends the connection; what was sent is reported as unanswered.
  func close(_ error: PostgresError = PostgresError(.shutDown, "the connection was closed")) {
    guard phase != .closed else { return }
    let wasOpen = phase == .open
    phase = .closed
    core.poller.forget(descriptor)
    if let connection { PQfinish(connection) }
    connection = nil
    core.forget(id)
    let owner = self.owner
    self.owner = nil
    var unanswered = replies.removeAll()
    if let script { unanswered.append(script) }
    script = nil
    if wasOpen {
      owner?.sessionClosed(self, unanswered: unanswered.map(\.exchange), error)
    } else {
      owner?.sessionFailedToOpen(self, error)
    }
  }

  /// The connection was lost: says why, as libpq puts it.
  func lost() {
    var error = PostgresError(.maybeExecuted, Self.line(PQerrorMessage(connection)))
    error.sqlState = fatalState
    close(error)
  }

  /// The SQLSTATE with which the server ended the session.
  var fatalState: SQLState?

  /// A message of libpq in one line.
  static func line(_ message: UnsafePointer<CChar>?) -> String {
    guard let message else { return "" }
    return String(cString: message).split(whereSeparator: \.isNewline).joined(separator: " ")
  }
}
