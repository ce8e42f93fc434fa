/// Connections that many callers share for short reads.
public struct PostgresLaneSettings: Sendable {
  /// How many; 0 sends every read to the pool, as behind a pooler in transaction mode.
  public var connections = 2
  /// How many reads may be under way on one of them.
  public var depth = 256
  /// How long one statement may hold up those behind it before all of them move to the pool.
  public var budget = Duration.milliseconds(250)
  /// How long a statement that did so is sent to the pool at once.
  public var remembersSlowFor = Duration.seconds(60)

  public init() {}
}

/// What the shared connections have done since the start.
public struct PostgresLaneStatistics: Sendable, Equatable {
  /// Connections that are open.
  public var connections = 0
  /// Reads under way.
  public var inFlight = 0
  /// Reads that were sent to the pool instead: the lane was full, not connected, or the statement is known to be slow.
  public var diverted = 0
  /// Connections given up because a statement took longer than its budget.
  public var stalls = 0
}
