/// What a transaction throws when more than its body failed. Each step's error is kept apart.
///
/// A body's own error is thrown as it is when the rollback after it worked.
public struct PostgresTransactionError: Error, Sendable {
  /// BEGIN or the setup failed: nothing of the body was executed.
  public var begin: (any Error)?
  /// The closure threw.
  public var body: (any Error)?
  /// ROLLBACK failed; the connection is closed, which rolls back too.
  public var rollback: (any Error)?
  /// COMMIT failed.
  public var commit: (any Error)?
  /// Whether the transaction may have been committed. Ask the database before doing it again.
  public var isOutcomeUnknown = false

  public init(
    begin: (any Error)? = nil, body: (any Error)? = nil, rollback: (any Error)? = nil, commit: (any Error)? = nil,
    isOutcomeUnknown: Bool = false
  ) {
    self.begin = begin
    self.body = body
    self.rollback = rollback
    self.commit = commit
    self.isOutcomeUnknown = isOutcomeUnknown
  }
}

extension PostgresTransactionError: CustomStringConvertible {
  public var description: String {
    let steps: [(String, (any Error)?)] = [
      ("begin", begin), ("body", body), ("rollback", rollback), ("commit", commit),
    ]
    let failed = steps.compactMap { name, error in error.map { "\(name): \($0)" } }
    return "PostgresTransactionError\(isOutcomeUnknown ? ", outcome unknown" : "") (\(failed.joined(separator: "; ")))"
  }
}
