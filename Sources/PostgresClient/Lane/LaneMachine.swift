/// Which shared connection a read goes to, and when one is given up. Knows no socket; time is handed in.
///
/// Nothing waits here: what no connection can take now goes to the pool.
struct LaneMachine {
  enum Route: Equatable {
    case send(SessionID)
    /// To the pool.
    case divert
  }

  private struct Connection {
    var inFlight = 0
    /// Since when the statement at the head has had the server to itself.
    var headSince: Instant
    let retiresAt: Instant
  }

  let settings: PostgresLaneSettings
  private let lifetime: Duration
  private var connecting: Set<SessionID> = []
  private var connections: [SessionID: Connection] = [:]
  private var slow: [String: Instant] = [:]
  private var failures = 0
  private var opensAfter = Instant(nanoseconds: 0)
  private var isShutDown = false
  private(set) var diverted = 0
  private(set) var stalls = 0

  init(settings: PostgresLaneSettings, lifetime: Duration) {
    self.settings = settings
    self.lifetime = lifetime
  }

  var statistics: PostgresLaneStatistics {
    PostgresLaneStatistics(
      connections: connections.count, inFlight: connections.values.reduce(0) { $0 + $1.inFlight }, diverted: diverted,
      stalls: stalls)
  }

  var isBusy: Bool { !connecting.isEmpty || connections.values.contains { $0.inFlight > 0 } }

  /// Where a read of that text goes.
  mutating func route(_ sql: String, now: Instant) -> Route {
    var chosen: (id: SessionID, inFlight: Int)?
    if !isSlow(sql, now: now) {
      for (id, connection) in connections where connection.inFlight < (chosen?.inFlight ?? settings.depth) {
        chosen = (id, connection.inFlight)
      }
    }
    guard let chosen else {
      diverted += 1
      return .divert
    }
    if chosen.inFlight == 0 { connections[chosen.id]?.headSince = now }
    connections[chosen.id]?.inFlight += 1
    return .send(chosen.id)
  }

  /// The head of a connection was answered.
  mutating func answered(_ session: SessionID, now: Instant) {
    connections[session]?.inFlight -= 1
    connections[session]?.headSince = now
  }

  mutating func connected(_ session: SessionID, now: Instant) {
    guard connecting.remove(session) != nil else { return }
    failures = 0
    connections[session] = Connection(headSince: now, retiresAt: now + lifetime)
  }

  /// A connection was lost, closed or not made. The next attempt comes after 1, 2, 4, 8 s.
  mutating func lost(_ session: SessionID, now: Instant) {
    if connecting.remove(session) != nil {
      opensAfter = now + .seconds(1 << min(failures, 3))
      failures += 1
    }
    connections[session] = nil
  }

  /// Connections whose head has taken longer than its budget. The caller closes them and sends what was on them to the
  /// pool.
  mutating func stalled(now: Instant) -> [SessionID] {
    let stalled = connections.filter { $0.value.inFlight > 0 && now >= $0.value.headSince + settings.budget }.keys
    stalls += stalled.count
    return Array(stalled)
  }

  /// Connections that are old and free.
  func retired(now: Instant) -> [SessionID] {
    Array(connections.filter { $0.value.inFlight == 0 && now >= $0.value.retiresAt }.keys)
  }

  /// How many connections to open now; say so with ``opening(_:)``.
  func missing(now: Instant) -> Int {
    guard !isShutDown, now >= opensAfter else { return 0 }
    return max(0, settings.connections - connections.count - connecting.count)
  }

  mutating func opening(_ session: SessionID) { connecting.insert(session) }

  /// Sends that text to the pool for a while.
  mutating func markSlow(_ sql: String, now: Instant) {
    if slow.count >= 256 { slow = slow.filter { $0.value > now } }
    if slow.count >= 256 { slow.removeAll() }
    slow[sql] = now + settings.remembersSlowFor
  }

  mutating func shutDown() { isShutDown = true }

  private mutating func isSlow(_ sql: String, now: Instant) -> Bool {
    guard !slow.isEmpty, let until = slow[sql] else { return false }
    if now < until { return true }
    slow[sql] = nil
    return false
  }
}
