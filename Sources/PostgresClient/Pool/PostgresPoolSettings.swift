/// How many connections a pool keeps and how long things may take.
public struct PostgresPoolSettings: Sendable {
  /// Connections that are kept open.
  public var minimum = 2
  /// Connections at most.
  public var maximum = 20
  /// How long a connection above the minimum may be idle.
  public var idleTimeout = Duration.seconds(30)
  /// The age at which a connection is replaced, once it is idle; shortened by up to a tenth so that not all go at once.
  public var maximumLifetime = Duration.seconds(3600)
  /// How long connecting may take, with looking up the name.
  public var connectTimeout = Duration.seconds(5)
  /// How long a caller waits for a connection.
  public var acquisitionDeadline = Duration.seconds(5)
  /// How many callers may wait.
  public var maximumWaiting = 10_000
  /// How long a statement may take.
  public var statementDeadline = Duration.seconds(30)
  /// Attempts to connect in a row before callers are told; the first wait between two doubles each time.
  public var connectAttempts = 3
  public var connectRetryDelay = Duration.seconds(1)
  /// Whether connections keep statements prepared. False behind a pooler in transaction mode.
  public var usesPreparedStatements = true
  /// How many.
  public var maximumPreparedStatements = 256

  public init() {}
}

/// What a pool is doing.
public struct PostgresPoolStatistics: Sendable, Equatable {
  /// Connections open or being opened.
  public var total = 0
  /// Connections that execute something, belong to a transaction, or clean up after one.
  public var active = 0
  /// Connections that are free.
  public var idle = 0
  /// Connections being opened.
  public var connecting = 0
  /// Callers that wait for a connection.
  public var waiting = 0
  /// The most connections that the pool may have.
  public var maximum = 0

  /// Active connections as a share of the maximum, 0 to 1.
  public var utilisation: Double { maximum == 0 ? 0 : Double(active) / Double(maximum) }
}
