/// Which server gets which call. Knows no socket; time and chance are handed in. Servers are numbered as they were given.
///
/// Of the servers that say they are primary the one with the highest timeline wins, and the timeline is remembered: an
/// old primary that returns gets nothing, also when the new one is away. A replica gets reads on that timeline only: on an older
/// one it may hold what was lost at the promotion, at positions that say nothing of the new primary's.
struct RouterMachine {
  /// When the servers were last asked how they are.
  private(set) var lastRound: Instant?
  private(set) var servers: [PostgresServerStatus]
  private(set) var breakers: [ServerBreakers]
  private(set) var writer: Int?
  /// The highest timeline seen.
  private(set) var timeline: UInt32 = 0
  private let addresses: [PostgresServerAddress]
  private let settings: PostgresRouterSettings
  /// When the primary was last heard: what it did since nobody knows, so nobody is behind it.
  private var heardAt = Instant(nanoseconds: 0)
  /// When the primary's log reached which position, oldest first.
  private var history: [(time: Instant, position: PostgresWALPosition)] = []

  init(addresses: [PostgresServerAddress], settings: PostgresRouterSettings) {
    self.addresses = addresses
    self.settings = settings
    servers = addresses.map { PostgresServerStatus(address: "\($0.url)", region: $0.region) }
    breakers = addresses.map { _ in ServerBreakers(settings: settings.breaker) }
  }

  /// Takes the reports of one round of health checks; nil for a server that did not answer.
  /// - Returns: the server that was writer and is no longer.
  mutating func checked(_ reports: [ServerReport?], now: Instant) -> Int? {
    lastRound = now
    let before = writer
    for (index, report) in reports.enumerated() { note(report, of: index, now: now) }
    electWriter()
    if let writer, let report = reports[writer] { remember(report.position, now: now) }
    for index in servers.indices where servers[index].role == .replica {
      servers[index].lag = lag(of: servers[index].position)
    }
    return before == writer ? nil : before
  }

  private mutating func note(_ report: ServerReport?, of index: Int, now: Instant) {
    guard let report else {
      servers[index].isHealthy = false
      return
    }
    let latency = servers[index].latency
    servers[index].latency = latency == .zero ? report.latency : (latency * 7 + report.latency) / 8
    servers[index].isHealthy = true
    servers[index].isWritable = report.isWritable
    servers[index].position = report.position
    // A replica that receives nothing may tell an older one than before, to which it does not go back.
    let known = report.isInRecovery && servers[index].role != .replica ? nil : servers[index].timeline
    servers[index].timeline =
      report.isInRecovery ? [report.timeline, known].compactMap(\.self).max() : report.timeline ?? known
    servers[index].cpuPercent = report.cpuPercent
    servers[index].role = report.isInRecovery ? .replica : .primary
    breakers[index].mayTry(now: now)
  }

  private mutating func electWriter() {
    let claims = servers.indices.filter { servers[$0].role == .primary || servers[$0].role == .deposed }
    let highest = claims.compactMap { servers[$0].timeline }.max() ?? 0
    if highest > timeline {
      timeline = highest
      history = []
    }
    for index in claims {
      servers[index].role = (servers[index].timeline ?? 0) < timeline ? .deposed : .primary
    }
    let primaries = servers.indices.filter { servers[$0].role == .primary }
    // The one there is stays, unless it is gone while another with the same claim answers.
    if let writer, servers[writer].role == .primary,
      servers[writer].isHealthy || !primaries.contains(where: { servers[$0].isHealthy })
    {
      return
    }
    let answering = primaries.filter { servers[$0].isHealthy }
    writer = (answering.isEmpty ? primaries : answering).min { servers[$0].region < servers[$1].region }
  }

  private mutating func remember(_ position: PostgresWALPosition, now: Instant) {
    heardAt = now
    if history.last?.position != position { history.append((now, position)) }
    if history.count > 512 { history.removeFirst(256) }
  }

  /// For how long the primary's log had been ahead of a position when it was last heard.
  private func lag(of position: PostgresWALPosition) -> Duration {
    history.first { $0.position > position }.map { heardAt - $0.time } ?? .zero
  }

  /// Whether some replica is behind and should be looked at again soon.
  var isAnyBehind: Bool {
    servers.contains { $0.role == .replica && $0.isHealthy && $0.position < history.last?.position ?? $0.position }
  }

  // MARK: Calls

  /// The server for writes and critical reads; nil when none is known, or the breaker of its pool is open.
  mutating func chooseWriter(_ pool: ServerBreakers.Pool = .writes, now: Instant) -> Int? {
    guard let writer, breakers[writer][pool].admits(now: now) else { return nil }
    return writer
  }

  /// The server for a read: a replica of the nearest region that has a fit one; else the writer, nil without one.
  /// - Parameters:
  ///   - loads: calls under way per server.
  ///   - random: 0 up to 1.
  ///   - failed: servers that this read was tried on.
  mutating func chooseReader(
    _ source: PostgresReadOptions.Source, loads: [Int], random: Double, except failed: Set<Int> = [], now: Instant
  ) -> Int? {
    let writer = writer.flatMap { failed.contains($0) ? nil : $0 }
    if source != .primary {
      let able = servers.indices.filter { !failed.contains($0) && isAble($0, source, now: now) }
      let fit = able.filter { servers[$0].isHealthy }
      let writerRegion = writer.flatMap { servers[$0].isHealthy ? servers[$0].region : nil }
      // With neither a healthy replica nor a healthy primary one that missed its check may still answer.
      let candidates = fit.isEmpty && writerRegion == nil ? able : fit
      if let region = candidates.map({ servers[$0].region }).min(), region <= writerRegion ?? region,
        let chosen = draw(candidates.filter { servers[$0].region == region }, loads: loads, random: random),
        breakers[chosen][.reads].admits(now: now)
      {
        return chosen
      }
    }
    return writer == nil ? nil : chooseWriter(.reads, now: now)
  }

  /// As ``CircuitBreaker/record(isSuccess:now:)`` of the pool's breaker.
  mutating func record(_ server: Int, _ pool: ServerBreakers.Pool, isSuccess: Bool?, now: Instant) {
    breakers[server][pool].record(isSuccess: isSuccess, now: now)
  }

  /// Whether a replica may give that answer, apart from its health.
  private func isAble(_ index: Int, _ source: PostgresReadOptions.Source, now: Instant) -> Bool {
    let server = servers[index]
    guard server.role == .replica, server.timeline == currentTimeline, server.lag <= settings.lagThreshold,
      addresses[index].weight > 0, breakers[index][.reads].wouldAdmit(now: now)
    else { return false }
    if case .replayed(let position) = source { return server.position >= position }
    return true
  }

  /// The primary's; as long as none was seen, the highest that a replica has told.
  private var currentTimeline: UInt32? { timeline > 0 ? timeline : servers.compactMap(\.timeline).max() }

  /// Chance in proportion to weight, and against latency, load, lag and CPU.
  private func draw(_ candidates: [Int], loads: [Int], random: Double) -> Int? {
    let worths = candidates.map { index -> Double in
      let server = servers[index]
      let latency = max(0.0005, server.latency / .seconds(1))
      let lag = min(0.9, server.lag / max(settings.lagThreshold, .milliseconds(1)))
      let cpu = (server.cpuPercent ?? 0) > settings.cpuThreshold ? 0.25 : 1
      return addresses[index].weight * cpu * (1 - lag) / latency / Double(1 + loads[index])
    }
    var place = random * worths.reduce(0, +)
    for (index, worth) in zip(candidates, worths) {
      place -= worth
      if place < 0 { return index }
    }
    return candidates.last
  }
}
