import Glibc
import Logging

/// Connections to one server, each with at most one statement or transaction under way.
public final class PostgresPool: Sendable {
  public let url: PostgresURL
  public let settings: PostgresPoolSettings
  let loop: PostgresEventLoop
  let owner: OwnerID
  let target: ConnectionTarget
  let log: PostgresQueryLog?
  private let gauge: PoolGauge

  /// Begins to open the minimum of connections.
  /// - Parameter log: where slow statements are noted.
  public init(
    url: PostgresURL, settings: PostgresPoolSettings = .init(), loop: PostgresEventLoop, log: PostgresQueryLog? = nil
  ) {
    self.log = log
    self.url = url
    self.settings = settings
    self.loop = loop
    owner = OwnerID(number: loop.makeNumber())
    gauge = PoolGauge(maximum: settings.maximum)
    target = ConnectionTarget(
      url: url, connectsWithin: settings.connectTimeout,
      preparedStatements: settings.usesPreparedStatements ? settings.maximumPreparedStatements : 0)
    loop.inbox.send(
      .adopt(owner) { [owner, gauge, target] core in
        PoolCore(id: owner, core: core, target: target, settings: settings, gauge: gauge)
      })
  }

  deinit { shutDown() }

  /// What the pool was doing a moment ago: at most 10 ms while it is at work.
  public var statistics: PostgresPoolStatistics { gauge.current }

  /// Refuses new work and closes the connections: free ones now, the others when their work is done.
  public func shutDown() { loop.inbox.send(.remove(owner)) }

  /// Closes all connections at once, also those at work, and takes no more.
  public func disconnect() {
    loop.inbox.send(.call { [owner] core in (core.owner(owner) as? PoolCore)?.disconnect() })
  }

  /// Executes a statement on its own.
  /// - Parameter deadline: from now; nil leaves the pool's limits for waiting and executing.
  public func query(_ query: PostgresQuery, deadline: Duration? = nil) async throws -> PostgresRows {
    try await watch([query]) {
      let reply = try await reply(to: [query], deadline: deadline)
      return try rows(reply, 1)[0]
    }
  }

  /// Executes a statement on its own.
  public func query(_ statement: PostgresStatement, _ parameters: [PostgresValue] = []) async throws -> PostgresRows {
    try await query(PostgresQuery(statement, parameters))
  }

  /// Executes several statements from one text, without parameters. Unless it says BEGIN they share a transaction.
  public func script(_ sql: String) async throws {
    let exchange = exchange(.script(try PostgresStatement(sql, name: "script").checked()))
    if let failure = try await perform(exchange).failure { throw failure }
  }

  /// Executes statements in one implicit transaction; again when a prepared statement had become invalid.
  func reply(to queries: [PostgresQuery], deadline: Duration?) async throws -> SegmentReply {
    let steps = try queries.map { try Step($0) }
    let reply = try await perform(exchange(.steps(steps), deadline: deadline))
    guard reply.hasStalePlan else { return reply }
    return try await perform(exchange(.steps(steps), deadline: deadline))
  }

  /// The rows of each of so many statements.
  func rows(_ reply: SegmentReply, _ count: Int) throws(PostgresError) -> [PostgresRows] {
    try check(reply, count)
    return reply.results.map { PostgresRows(result: $0) }
  }

  /// The rows of the last of so many statements.
  func last(of reply: SegmentReply, _ count: Int) throws(PostgresError) -> PostgresRows {
    try check(reply, count)
    guard let last = reply.results.last else { throw PostgresError(.protocolViolation, "no answer") }
    return PostgresRows(result: last)
  }

  private func check(_ reply: SegmentReply, _ count: Int) throws(PostgresError) {
    if let failure = reply.failure { throw failure }
    guard reply.results.count == count else {
      throw PostgresError(.protocolViolation, "\(reply.results.count) answers to \(count) statements")
    }
  }

  /// An exchange with this pool's limits.
  func exchange(
    _ segment: Segment, lease: Exchange.Lease = .none, cancellation: Exchange.Cancellation = .anyTime,
    commits: Bool = false, runsFor: Duration? = nil, deadline: Duration? = nil
  ) -> Exchange {
    let now = Instant.now
    return Exchange(
      segment, lease: lease, cancellation: cancellation, commits: commits,
      waitsUntil: now + settings.acquisitionDeadline, runsFor: runsFor ?? settings.statementDeadline,
      deadline: deadline.map { now + $0 } ?? .distantFuture)
  }

  /// Sends an exchange and waits for its answer.
  func perform(_ exchange: Exchange) async throws -> SegmentReply {
    try await exchange.reply {
      if !loop.inbox.send(.submit(exchange, owner)) {
        exchange.answer(.failure(PostgresError(.shutDown, "the event loop was stopped")))
      }
    } abandon: { exchange in
      loop.inbox.send(.abandon(exchange, owner))
    }
  }

  /// Gives the session of a transaction back.
  func release(_ lease: LeaseID) { loop.inbox.send(.release(lease, owner)) }
}

extension PostgresStatement {
  /// - Throws: ``PostgresError/Code/invalidParameter`` for a text that C would cut short.
  func checked() throws(PostgresError) -> Self {
    guard !sql.containsZero else {
      throw PostgresError(.invalidParameter, "a statement cannot contain U+0000", statement: name)
    }
    return self
  }
}

extension String {
  /// Whether it contains U+0000.
  var containsZero: Bool {
    utf8.withContiguousStorageIfAvailable { bytes in
      bytes.baseAddress.map { memchr($0, 0, bytes.count) != nil } ?? false
    } ?? utf8.contains(0)
  }
}
