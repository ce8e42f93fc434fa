extension PostgresPool {
  /// Reads: the setup and the statement in one implicit transaction and one round trip; again, once, when the connection
  /// is lost.
  public func read(_ query: PostgresQuery, setup: [PostgresQuery] = [], deadline: Duration? = nil) async throws
    -> PostgresRows
  {
    try await watch([query], setup: setup) { try await unwatchedRead(query, setup: setup, deadline: deadline) }
  }

  func unwatchedRead(_ query: PostgresQuery, setup: [PostgresQuery], deadline: Duration?) async throws -> PostgresRows {
    let queries = [Self.readOnly] + setup + [query]
    do {
      return try last(of: try await reply(to: queries, deadline: deadline), queries.count)
    } catch let error as PostgresError where [.maybeExecuted, .notSent].contains(error.code) {
      return try last(of: try await reply(to: queries, deadline: deadline), queries.count)
    }
  }

  /// What is sent again must not write.
  private static let readOnly = PostgresQuery("SELECT set_config('transaction_read_only', 'on', true)")
}
