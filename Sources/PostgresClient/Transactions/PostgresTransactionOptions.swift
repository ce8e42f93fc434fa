public enum PostgresIsolation: String, Sendable {
  case readCommitted = "READ COMMITTED"
  case repeatableRead = "REPEATABLE READ"
  case serializable = "SERIALIZABLE"
}

/// How a transaction is run.
public struct PostgresTransactionOptions: Sendable {
  /// Said to the server with each BEGIN, whatever its default is.
  public var isolation: PostgresIsolation
  public var isReadOnly: Bool
  /// Where a read-only transaction may run.
  public var source = PostgresReadOptions.Source.primary
  /// How often the whole is run again after 40001, 40P01 or a connection lost before COMMIT.
  public var retries: Int
  /// The longest wait before the first retry; doubled each time, up to half a second, and drawn at random below that.
  public var retryDelay = Duration.milliseconds(10)
  /// How long COMMIT may take before its outcome is given up as unknown.
  public var commitDeadline = Duration.seconds(10)
  /// Called once the transaction has been committed, with a position in the write-ahead log behind it, which is read in the same round
  /// trip as COMMIT; nil when the server went away before it told.
  public var onCommit: (@Sendable (PostgresWALPosition?) -> Void)?

  public init(isolation: PostgresIsolation = .readCommitted, isReadOnly: Bool = false, retries: Int = 3) {
    self.isolation = isolation
    self.isReadOnly = isReadOnly
    self.retries = retries
  }

  /// BEGIN with what was asked for.
  var begin: Step {
    var sql = "BEGIN ISOLATION LEVEL " + isolation.rawValue
    if isReadOnly { sql += " READ ONLY" }
    return Step(own: sql, isPrepared: true)
  }

  /// COMMIT, and what is asked behind it.
  var ending: [Step] {
    [Step(own: "COMMIT")] + (onCommit == nil ? [] : [Step(own: "SELECT pg_current_wal_insert_lsn()")])
  }

  /// The wait before a retry, the first being number 0.
  func delay(before attempt: Int, random: Double) -> Duration {
    min(retryDelay * (1 << min(attempt, 10)), .milliseconds(500)) * random
  }
}
