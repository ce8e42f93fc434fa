import DequeModule

/// What waits for a connection.
protocol PoolJob {
  /// Whether somebody still waits for it.
  var isWanted: Bool { get }
  var waitsUntil: Instant { get }
}

/// Who gets which connection, and when connections are opened and closed. Knows no socket; time is handed in.
///
/// First come, first served. The connection used last is used next, so that those not needed grow old and go.
struct PoolMachine<Job: PoolJob> {
  enum Action {
    case open(SessionID)
    case run(Job, SessionID)
    /// The session is to be closed; the machine has forgotten it.
    case close(SessionID)
    case fail(Job, PostgresError)
  }

  private struct Connection {
    var openedAt: Instant
    var retiresAt: Instant
    var idleSince: Instant?
  }

  let settings: PostgresPoolSettings
  private let makeID: () -> SessionID
  private var connecting: Set<SessionID> = []
  private var connections: [SessionID: Connection] = [:]
  /// Free connections, the one used last at the end.
  private var idle: [SessionID] = []
  private var waiting: Deque<Job> = []
  private var earliestDeadline = Instant.distantFuture
  private var failures = 0
  private var lastFailure: PostgresError?
  private var opensAfter = Instant(nanoseconds: 0)
  private(set) var isShutDown = false

  /// - Parameter makeID: names a connection before it is opened.
  init(settings: PostgresPoolSettings, makeID: @escaping () -> SessionID) {
    self.settings = settings
    self.makeID = makeID
  }

  var statistics: PostgresPoolStatistics {
    PostgresPoolStatistics(
      total: connections.count + connecting.count, active: connections.count - idle.count, idle: idle.count,
      connecting: connecting.count, waiting: waiting.count { $0.isWanted }, maximum: settings.maximum)
  }

  /// Whether nothing is left after ``shutDown()``.
  var isDrained: Bool { isShutDown && connections.isEmpty && connecting.isEmpty }

  var hasWaiting: Bool { !waiting.isEmpty || !connecting.isEmpty }

  mutating func submit(_ job: Job, now: Instant) -> [Action] {
    guard !isShutDown else { return [.fail(job, PostgresError(.shutDown, "the pool was shut down"))] }
    if let session = takeIdle() { return [.run(job, session)] }
    if waiting.count >= settings.maximumWaiting {
      waiting.removeAll { !$0.isWanted }
      guard waiting.count < settings.maximumWaiting else {
        return [.fail(job, PostgresError(.poolExhausted, "\(waiting.count) callers wait for a connection"))]
      }
    }
    waiting.append(job)
    earliestDeadline = min(earliestDeadline, job.waitsUntil)
    return open(now: now)
  }

  /// A connection was made, or one is free again.
  mutating func connected(_ session: SessionID, now: Instant) -> [Action] {
    guard connecting.remove(session) != nil else { return [] }
    failures = 0
    lastFailure = nil
    opensAfter = now
    guard !isShutDown else { return [.close(session)] }
    connections[session] = Connection(openedAt: now, retiresAt: now + lifetime(of: session), idleSince: nil)
    return offer(session, now: now)
  }

  mutating func connectFailed(_ session: SessionID, _ error: PostgresError, now: Instant) -> [Action] {
    guard connecting.remove(session) != nil else { return [] }
    failures += 1
    lastFailure = error
    let delay = settings.connectRetryDelay * (1 << min(failures - 1, 2))
    opensAfter = now + delay
    // While other connections live their callers wait for those.
    guard failures >= settings.connectAttempts, connections.isEmpty else { return [] }
    defer { waiting.removeAll() }
    return waiting.filter(\.isWanted).map { .fail($0, error) }
  }

  /// A connection is free and clean.
  mutating func released(_ session: SessionID, now: Instant) -> [Action] {
    guard let connection = connections[session] else { return [] }
    if isShutDown || now >= connection.retiresAt {
      connections[session] = nil
      return [.close(session)] + open(now: now)
    }
    return offer(session, now: now)
  }

  /// A connection was lost or closed.
  mutating func lost(_ session: SessionID, now: Instant) -> [Action] {
    connections[session] = nil
    idle.removeAll { $0 == session }
    return open(now: now)
  }

  /// Looks at what time has brought. Call it now and then.
  mutating func tick(now: Instant) -> [Action] {
    var actions = expireWaiting(now: now)
    guard !isShutDown else { return actions }
    for session in idle {
      guard let connection = connections[session] else { continue }
      let isOld = now >= connection.retiresAt
      let isSpare =
        connections.count > settings.minimum && now >= (connection.idleSince ?? now) + settings.idleTimeout
      guard isOld || isSpare else { continue }
      idle.removeAll { $0 == session }
      connections[session] = nil
      actions.append(.close(session))
    }
    return actions + open(now: now)
  }

  /// Takes no more jobs; closes what is free. Connections at work are closed when they are released.
  mutating func shutDown() -> [Action] {
    guard !isShutDown else { return [] }
    isShutDown = true
    var actions = waiting.map { Action.fail($0, PostgresError(.shutDown, "the pool was shut down")) }
    waiting = []
    for session in idle {
      connections[session] = nil
      actions.append(.close(session))
    }
    idle = []
    for session in connecting { actions.append(.close(session)) }
    connecting = []
    return actions
  }

  private mutating func offer(_ session: SessionID, now: Instant) -> [Action] {
    while let job = waiting.popFirst() {
      guard job.isWanted else { continue }
      if job.waitsUntil <= now {
        return [.fail(job, exhausted())] + offer(session, now: now)
      }
      return [.run(job, session)]
    }
    earliestDeadline = .distantFuture
    connections[session]?.idleSince = now
    idle.append(session)
    return []
  }

  private mutating func takeIdle() -> SessionID? {
    guard let session = idle.popLast() else { return nil }
    connections[session]?.idleSince = nil
    return session
  }

  /// Opens as many connections as are needed and allowed; after a failure one at a time.
  private mutating func open(now: Instant) -> [Action] {
    guard !isShutDown, now >= opensAfter else { return [] }
    let total = connections.count + connecting.count
    let wanted = max(settings.minimum - total, waiting.count - connecting.count)
    let allowed = failures > 0 ? 1 - connecting.count : settings.maximum - total
    return (0..<max(0, min(wanted, allowed, settings.maximum - total))).map { _ in
      let session = makeID()
      connecting.insert(session)
      return .open(session)
    }
  }

  private mutating func expireWaiting(now: Instant) -> [Action] {
    guard now >= earliestDeadline else { return [] }
    var expired: [Job] = []
    var next = Instant.distantFuture
    waiting.removeAll { job in
      guard job.isWanted else { return true }
      guard now >= job.waitsUntil else {
        next = min(next, job.waitsUntil)
        return false
      }
      expired.append(job)
      return true
    }
    earliestDeadline = next
    return expired.map { .fail($0, exhausted()) }
  }

  /// Why a caller waited in vain: without any connection the server is at fault, not the number of callers.
  private func exhausted() -> PostgresError {
    if connections.isEmpty, let lastFailure { return lastFailure }
    return PostgresError(
      .poolExhausted,
      "no connection became free in time: \(connections.count - idle.count) of \(settings.maximum) are in use")
  }

  private func lifetime(of session: SessionID) -> Duration {
    let share = Double(session.number.multipliedFullWidth(by: 0x9E37_79B9_7F4A_7C15).low >> 32) / Double(UInt32.max)
    return settings.maximumLifetime * (1 - share / 10)
  }
}
