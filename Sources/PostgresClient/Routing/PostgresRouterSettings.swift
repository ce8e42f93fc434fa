/// A server that a router may use.
public struct PostgresServerAddress: Sendable {
  public let url: PostgresURL
  /// Its share of the reads, compared with the other replicas.
  public let weight: Double
  /// 0 is the region of this process; the others are fallbacks, in order.
  public let region: Int

  public init(_ url: PostgresURL, weight: Double = 1, region: Int = 0) {
    self.url = url
    self.weight = weight
    self.region = region
  }
}

/// How a router judges servers.
public struct PostgresRouterSettings: Sendable {
  /// Per server; reads and writes have pools of their own.
  public var pool = PostgresPoolSettings()
  public var lane = PostgresLaneSettings()
  public var breaker = PostgresBreakerSettings()
  /// How often servers are asked how they are.
  public var healthInterval = Duration.seconds(10)
  /// How long the answer may take.
  public var healthDeadline = Duration.seconds(2)
  /// A replica that is further behind gets no reads.
  public var lagThreshold = Duration.seconds(5)
  /// A function without parameters that gives a server's CPU load in percent as `double precision`, asked where it is
  /// there: PostgreSQL itself does not report it.
  public var cpuFunction = "tenantry_cpu_percent"
  /// A server above that gets a quarter of its reads.
  public var cpuThreshold = 80.0

  public init() {}
}

/// What a router knows of a server.
public struct PostgresServerStatus: Sendable, Equatable {
  public enum Role: Sendable, Equatable {
    case unknown, primary, replica
    /// It says that it is primary, but another has been promoted since: it gets nothing.
    case deposed
  }

  /// Host, port and database.
  public let address: String
  public let region: Int
  public var role = Role.unknown
  /// How long ago the servers were last asked how they are; nil before the first time.
  public var sinceCheck: Duration?
  /// Whether the last health check succeeded.
  public var isHealthy = false
  /// Whether it takes writes by its own settings.
  public var isWritable = false
  public var timeline: UInt32?
  /// How far it has replayed the log; of a primary, how far it has written it.
  public var position = PostgresWALPosition(0)
  public var lag = Duration.zero
  /// Of health checks, smoothed.
  public var latency = Duration.zero
  public var cpuPercent: Double?
  /// Whether its breaker lets nothing through.
  public var isBreakerOpen = false
}
