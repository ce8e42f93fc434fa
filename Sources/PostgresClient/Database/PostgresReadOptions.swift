/// Where and how a read is done.
public struct PostgresReadOptions: Sendable {
  /// Which servers may answer.
  public enum Source: Sendable, Hashable {
    /// Any that is fit.
    case any
    /// The primary: the read must see every acknowledged write.
    case primary
    /// One that has replayed the log up to there, else the primary.
    case replayed(PostgresWALPosition)
  }

  public enum Lane: Sendable, Hashable {
    /// A connection shared with other short reads. A statement that takes longer than a quarter of a second is done
    /// anew on a connection of its own.
    case pipelined
    /// A connection of its own at once: for what may take long, such as free-text search.
    case pool
  }

  public var source: Source
  public var lane: Lane
  /// From now; nil leaves the limits of the settings.
  public var deadline: Duration?

  public init(source: Source = .any, lane: Lane = .pipelined, deadline: Duration? = nil) {
    self.source = source
    self.lane = lane
    self.deadline = deadline
  }
}
