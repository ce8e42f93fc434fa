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
    let id: SessionID
    var inFlight = 0
    /// Since when the statement at the head has had the server to itself.
    var headSince: Instant
    let retiresAt: Instant
  }

  let settings: PostgresLaneSettings
  private let lifetime: Duration
  private var connecting: Set<SessionID> = []
  /// So few that a search is faster than a hash.
  private var connections: [Connection] = []
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
      connections: connections.count, inFlight: connections.reduce(0) { $0 + $1.inFlight }, diverted: diverted,
      stalls: stalls)
  }

  var isBusy: Bool { !connecting.isEmpty || connections.contains { $0.inFlight > 0 } }

  /// Where a read of that text goes.
  mutating func route(_ sql: String, now: Instant) -> Route {
    var chosen: Int?
    var fewest = settings.depth
    if !isSlow(sql, now: now) {
      for index in connections.indices where connections[index].inFlight < fewest {
        chosen = index
        fewest = connections[index].inFlight
      }
    }
    guard let chosen else {
      diverted += 1
      return .divert
    }
    if fewest == 0 { connections[chosen].headSince = now }
    connections[chosen].inFlight += 1
    return .send(connections[chosen].id)
  }

  /// The head of a connection was answered.
  mutating func answered(_ session: SessionID, now: Instant) {
    guard let index = connections.firstIndex(where: { $0.id == session }) else { return }
    connections[index].inFlight -= 1
    connections[index].headSince = now
  }

  mutating func connected(_ session: SessionID, now: Instant) {
    guard connecting.remove(session) != nil else { return }
    failures = 0
    connections.append(Connection(id: session, headSince: now, retiresAt: now + lifetime))
  }

  /// A connection was lost, closed or not made. The next attempt comes after 1, 2, 4, 8 s.
  mutating func lost(_ session: SessionID, now: Instant) {
    if connecting.remove(session) != nil {
      opensAfter = now + .seconds(1 << min(failures, 3))
      failures += 1
    }
    connections.removeAll { $0.id == session }
  }

  /// Connections whose head has taken longer than its budget. The caller closes them and sends what was on them to the
  /// pool.
  mutating func stalled(now: Instant) -> [SessionID] {
    let stalled = connections.filter { $0.inFlight > 0 && now >= $0.headSince + settings.budget }.map(\.id)
    stalls += stalled.count
    return stalled
  }

  /// Connections that are old and free.
  func retired(now: Instant) -> [SessionID] {
    connections.filter { $0.inFlight == 0 && now >= $0.retiresAt }.map(\.id)
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
