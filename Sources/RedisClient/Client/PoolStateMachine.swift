/// The few connections to one server and those who wait for one. Pure: events in, actions out; times in nanoseconds.
struct PoolStateMachine<Connection: AnyObject & Sendable, Waiter: Sendable>: Sendable {
  /// What the pool's owner has to do.
  struct Actions: Sendable {
    /// Lines to connect, each with the number of the try, which its outcome must name.
    var connect: [(line: Int, attempt: Int)] = []
    /// Lines to call ``PoolStateMachine/isDue(_:now:)`` for, after a delay.
    var schedule: [(line: Int, delay: Duration)] = []
    /// Those who get a connection.
    var serve: [(Waiter, Connection)] = []
    /// Those who get none.
    var refuse: [Waiter] = []
    /// Connections to close.
    var close: [Connection] = []
  }

  enum Lease: Sendable {
    case connection(Connection)
    /// The waiter with this number was queued.
    case queued(Int)
    /// No connection will come in time.
    case hopeless
    case queueFull
    case shutDown
  }

  private enum Line: Sendable {
    case idle
    case connecting(attempt: Int)
    case ready(Connection, since: UInt64)
    /// Between tries, until a time.
    case waiting(until: UInt64)
  }

  /// A connection that lived this long is replaced at once; one that fell earlier waits like a failed try.
  private static var stableAfter: UInt64 { 1_000_000_000 }

  private var lines: [Line]
  private var backOffs: [BackOff]
  private var waiters: [(number: Int, waiter: Waiter)] = []
  private var nextWaiter = 0
  private var nextLine = 0
  private var lastAttempt = 0
  private let maximumWaiters: Int
  private(set) var isShutDown = false

  init(lines: Int, schedule: BackOff.Schedule, maximumWaiters: Int) {
    self.lines = Array(repeating: .idle, count: max(1, lines))
    backOffs = Array(repeating: BackOff(schedule), count: max(1, lines))
    self.maximumWaiters = maximumWaiters
  }

  /// The connections that can be used now.
  var ready: [Connection] {
    lines.compactMap { if case .ready(let connection, _) = $0 { connection } else { nil } }
  }

  /// Failures in a row of the line that fares best.
  var failures: Int { backOffs.map(\.failures).min() ?? 0 }

  /// Connects what is not connected and not being waited for.
  mutating func start() -> Actions {
    var actions = Actions()
    guard !isShutDown else { return actions }
    for index in lines.indices {
      if case .idle = lines[index] { connect(index, &actions) }
    }
    return actions
  }

  private mutating func connect(_ line: Int, _ actions: inout Actions) {
    lastAttempt += 1
    lines[line] = .connecting(attempt: lastAttempt)
    actions.connect.append((line, lastAttempt))
  }

  /// Whether a try is still wanted.
  private func isCurrent(_ line: Int, _ attempt: Int) -> Bool {
    if case .connecting(attempt) = lines[line] { true } else { false }
  }

  /// A connection for one command; the next in turn, so that all are used alike.
  mutating func connection() -> Connection? {
    for _ in lines.indices {
      nextLine = nextLine + 1 < lines.count ? nextLine + 1 : 0
      if case .ready(let connection, _) = lines[nextLine] { return connection }
    }
    return nil
  }

  /// A connection, or a place in the queue for one.
  mutating func lease(_ waiter: Waiter, until deadline: UInt64) -> Lease {
    guard !isShutDown else { return .shutDown }
    if let connection = connection() { return .connection(connection) }
    let isHopeless = lines.allSatisfy { if case .waiting(let time) = $0 { time >= deadline } else { false } }
    guard !isHopeless else { return .hopeless }
    guard waiters.count < maximumWaiters else { return .queueFull }
    nextWaiter += 1
    waiters.append((nextWaiter, waiter))
    return .queued(nextWaiter)
  }

  /// Takes a waiter out of the queue; nil when it has been served.
  mutating func abandon(_ number: Int) -> Waiter? {
    guard let index = waiters.firstIndex(where: { $0.number == number }) else { return nil }
    return waiters.remove(at: index).waiter
  }

  /// A line's connection stands; nil when it is not wanted any more.
  mutating func connected(_ line: Int, _ attempt: Int, _ connection: Connection, now: UInt64) -> Actions? {
    guard isCurrent(line, attempt) else { return nil }
    lines[line] = .ready(connection, since: now)
    defer { waiters = [] }
    return Actions(serve: waiters.map { ($0.waiter, connection) })
  }

  /// A line's try failed; nil when it was not wanted any more.
  mutating func failed(_ line: Int, _ attempt: Int, now: UInt64, jitter: Double) -> Actions? {
    isCurrent(line, attempt) ? delay(line, now: now, jitter: jitter) : nil
  }

  private mutating func delay(_ line: Int, now: UInt64, jitter: Double) -> Actions {
    let delay = backOffs[line].next(jitter: jitter)
    lines[line] = .waiting(until: now + delay.clampedNanoseconds)
    return Actions(schedule: [(line, delay)])
  }

  /// A line's connection is gone; nil when it was not in use.
  mutating func lost(_ line: Int, _ connection: Connection, now: UInt64, jitter: Double) -> Actions? {
    guard case .ready(let current, let since) = lines[line], current === connection else { return nil }
    guard now >= since + Self.stableAfter else { return delay(line, now: now, jitter: jitter) }
    backOffs[line].reset()
    var actions = Actions()
    connect(line, &actions)
    return actions
  }

  /// A delay is over.
  mutating func isDue(_ line: Int, now: UInt64) -> Actions {
    var actions = Actions()
    if case .waiting(let time) = lines[line], now >= time { connect(line, &actions) }
    return actions
  }

  /// The server is to be looked for anew, and there is reason to believe that it will be found: tries under way may have
  /// been sent to the wrong one, and pauses are cut short.
  mutating func seek() -> Actions {
    var actions = Actions()
    for index in lines.indices {
      switch lines[index] {
      case .connecting, .waiting: connect(index, &actions)
      case .idle, .ready: break
      }
    }
    return actions
  }

  /// Ends everything.
  mutating func shutDown() -> Actions {
    isShutDown = true
    let actions = Actions(refuse: waiters.map(\.waiter), close: ready)
    waiters = []
    lines = Array(repeating: .idle, count: lines.count)
    return actions
  }
}
