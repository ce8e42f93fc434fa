extension PostgresPool {
  /// Measures a call, and asks for the plan of a slow one after it has been answered.
  /// - Parameters:
  ///   - queries: what the call executes.
  ///   - setup: what sets the transaction up for it, and for its plan.
  func watch<Value>(
    _ queries: @autoclosure () -> [PostgresQuery], setup: [PostgresQuery] = [], _ body: () async throws -> Value
  ) async rethrows -> Value {
    if let scope = PostgresRequestScope.current { scope.count(queries()) }
    guard let log else { return try await body() }
    let start = Instant.now
    defer {
      let duration = Instant.now - start
      if duration >= log.settings.threshold {
        // Of several statements in one round trip nobody knows which was slow: the text names them all.
        for query in queries() {
          if let fingerprint = log.record(query.statement, duration) { explain(query, setup, fingerprint, log) }
        }
      }
    }
    return try await body()
  }

  /// Asks how the server executes a statement, on a connection that is free within a moment.
  private func explain(
    _ query: PostgresQuery, _ setup: [PostgresQuery], _ fingerprint: SQLFingerprint, _ log: PostgresQueryLog
  ) {
    Task {
      // A plan that cannot be had is not worth an error: the entry stays without one.
      let explain = PostgresQuery(
        PostgresStatement("EXPLAIN (FORMAT JSON) " + query.statement.sql, name: "explain", isPrepared: false),
        query.parameters)
      guard let row = try? await unwatchedRead(explain, setup: setup, deadline: .seconds(2)).first,
        let json = try? row.decode(0, as: String.self), var plan = try? PostgresPlan(json: json)
      else { return }
      for table in plan.scannedTables {
        let size = PostgresQuery("SELECT reltuples::float8 FROM pg_class WHERE oid = to_regclass($1)", [.text(table)])
        // Without its size a table gets no suggestion.
        plan.tableSizes[table] = try? await unwatchedRead(size, setup: setup, deadline: .seconds(2)).first?.decode(0)
      }
      log.note(plan, of: fingerprint)
    }
  }
}
