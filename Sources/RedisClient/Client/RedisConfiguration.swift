import NIOCore

/// What a client is to connect to, and its limits.
public struct RedisConfiguration: Sendable {
  /// How the servers are arranged.
  public enum Topology: Sendable, Hashable {
    /// One server.
    case standalone(RedisEndpoint)
    /// The master that sentinels name.
    case sentinel(RedisSentinels)
    /// A cluster, found through any of these nodes.
    case cluster([RedisEndpoint])
  }

  /// Who answers reads.
  public enum ReadPreference: Sendable, Hashable {
    case master
    /// Replicas, and the master when none answers. What they say may be old.
    case replica
  }

  public var topology: Topology
  public var credentials: RedisCredentials?
  /// The database to SELECT; a cluster has only 0.
  public var database = 0
  /// What CLIENT LIST shows.
  public var clientName: String?
  public var tls: RedisTLS?
  public var readFrom = ReadPreference.master
  /// How many connections all commands share, per server.
  public var connections = 2
  /// When true, nothing is connected before the first command.
  public var connectsLazily = false
  /// The limit for name resolution, TCP, TLS and authentication together.
  public var connectTimeout = Duration.seconds(10)
  /// How long a command may take, waiting for a connection included.
  public var commandTimeout = Duration.seconds(5)
  /// The pause between tries after ten in a row have failed.
  public var reconnectInterval = Duration.seconds(5)
  /// How often a command may be sent again, where it may.
  public var maxRetriesPerRequest = 3
  /// A connection on which nothing happens for this long is tried with a PING.
  public var pingInterval = Duration.seconds(5)
  /// How many commands may await replies on one connection before more are refused.
  public var maxPendingCommands = 65_536
  /// How many bytes may wait to be written to one connection before more are refused.
  public var maxPendingBytes = 64 << 20
  /// How many commands may wait for a connection before more are refused.
  public var maxQueuedCommands = 1024
  /// The longest string a server may send, in bytes.
  public var maxReplyBytes = 512 << 20
  /// Called for every connection event, from any thread: must not block.
  public var onEvent: (@Sendable (RedisConnectionEvent) -> Void)?
  /// A number in 0..<1, which spreads reconnects.
  public var jitter: @Sendable () -> Double = { .random(in: 0..<1) }

  /// A configuration with the default limits.
  public init(_ topology: Topology) { self.topology = topology }

  /// One server without TLS and credentials.
  public init(host: String, port: Int = 6379) { self.init(.standalone(RedisEndpoint(host: host, port: port))) }

  func connectionSettings(on eventLoop: any EventLoop) -> ConnectionSettings {
    var settings = ConnectionSettings()
    settings.credentials = credentials
    settings.database = database
    settings.clientName = clientName
    settings.tls = tls.map { TLSContext($0, on: eventLoop) }
    settings.connectTimeout = connectTimeout
    settings.commandTimeout = commandTimeout
    settings.pingInterval = pingInterval
    settings.maxPendingCommands = maxPendingCommands
    settings.maxPendingBytes = maxPendingBytes
    settings.limits.bulkBytes = maxReplyBytes
    return settings
  }

  var backOff: BackOff.Schedule {
    var schedule = BackOff.Schedule()
    schedule.steadyInterval = reconnectInterval
    if case .sentinel = topology { schedule.search = (.milliseconds(250), 40) }
    return schedule
  }
}

/// The sentinels that watch a master.
public struct RedisSentinels: Sendable, Hashable {
  public var endpoints: [RedisEndpoint]
  /// The name under which they watch it.
  public var masterName: String
  /// What the sentinels themselves ask for.
  public var credentials: RedisCredentials?

  /// Sentinels that watch a master.
  public init(_ endpoints: [RedisEndpoint], masterName: String, credentials: RedisCredentials? = nil) {
    self.endpoints = endpoints
    self.masterName = masterName
    self.credentials = credentials
  }
}
