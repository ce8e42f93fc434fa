/// Connections to one server that callers share for short reads: each read is a segment of its own in libpq's pipeline.
final class PostgresLane: Sendable {
  private let pool: PostgresPool
  private let owner: OwnerID
  private let gauge = LaneGauge()

  init(pool: PostgresPool, settings: PostgresLaneSettings) {
    self.pool = pool
    owner = OwnerID(number: pool.loop.makeNumber())
    pool.loop.inbox.send(
      .adopt(owner) {
        [owner, gauge, target = pool.target, pool = pool.owner, lifetime = pool.settings.maximumLifetime] in
        LaneCore(
          id: owner, core: $0, target: target, settings: settings, lifetime: lifetime, pool: pool, gauge: gauge)
      })
  }

  deinit { shutDown() }

  var statistics: PostgresLaneStatistics { gauge.current }

  func shutDown() { pool.loop.inbox.send(.remove(owner)) }

  /// Reads; see ``PostgresDatabase/read(_:setup:options:)``.
  func read(_ query: PostgresQuery, setup: [PostgresQuery], deadline: Duration?) async throws -> PostgresRows {
    try await pool.watch([query], setup: setup) {
      try await unwatchedRead(query, setup: setup, deadline: deadline)
    }
  }

  private func unwatchedRead(_ query: PostgresQuery, setup: [PostgresQuery], deadline: Duration?) async throws
    -> PostgresRows
  {
    var steps: [Step] = []
    steps.reserveCapacity(setup.count + 1)
    for query in setup { steps.append(try Step(query)) }
    steps.append(try Step(query))
    let exchange = pool.exchange(.steps(steps), deadline: deadline)
    let reply: SegmentReply
    do {
      reply = try await exchange.reply {
        if !pool.loop.inbox.send(.submit(exchange, owner)) {
          exchange.answer(.failure(PostgresError(.shutDown, "the event loop was stopped")))
        }
      } abandon: { [pool, owner] exchange in
        pool.loop.inbox.send(.abandon(exchange, owner))
      }
    } catch let error as PostgresError where [.maybeExecuted, .notSent].contains(error.code) {
      return try await pool.unwatchedRead(query, setup: setup, deadline: deadline)
    }
    if reply.hasStalePlan { return try await pool.unwatchedRead(query, setup: setup, deadline: deadline) }
    return try pool.last(of: reply, steps.count)
  }
}
