import Kernel
import Logging
import PostgresClient

/// What a failure of the database means to a caller. The only place that knows.
enum DatabaseFailure {
  /// The error to throw for `error`: a refusal for a constraint that means one, `unavailable` when another try may go
  /// well, else the error itself.
  ///
  /// `unavailable` says nothing of whether a change was made (see `DomainError.isCertain`): it also stands for a COMMIT
  /// whose outcome is not known.
  static func error(for error: any Error, _ refusals: Refusals, _ logger: Logger) -> any Error {
    if let failed = error as? PostgresTransactionError, failed.isOutcomeUnknown {
      logger.warning("outcome of a transaction unknown", metadata: ["error": "\(failed)"])
      return DomainError(.unavailable, "Whether it was done is not known. Ask, or send the same request again.")
    }
    guard let failure = cause(of: error) as? PostgresError else { return cause(of: error) }
    if let refusal = failure.constraint.flatMap({ refusals[$0] }) { return refusal }
    guard isUnavailability(failure) else { return failure }
    logger.warning("database unavailable", metadata: ["error": "\(failure)"])
    return DomainError(.unavailable, "The database cannot answer at the moment.")
  }

  /// The step that began the trouble.
  private static func cause(of error: any Error) -> any Error {
    guard let failed = error as? PostgresTransactionError else { return error }
    return failed.body ?? failed.begin ?? failed.commit ?? failed.rollback ?? failed
  }

  /// Whether the same call may go well later: nothing is wrong with what was asked.
  private static func isUnavailability(_ error: PostgresError) -> Bool {
    switch error.code {
    case .timedOut, .notSent, .maybeExecuted, .commitUnknown, .poolExhausted, .connectFailed, .unavailable, .shutDown:
      return true
    case .server:
      guard let state = error.sqlState else { return false }
      // Class 08 connection, 53 resources, 57 operator intervention, 58 system; conflicts that retries did not solve.
      return ["08", "53", "57", "58"].contains(state.errorClass) || error.isSerializationFailure
        || state == .readOnlyTransaction || state == .lockNotAvailable
    case .decoding, .invalidParameter, .invalidURL, .protocolViolation: return false
    }
  }
}
