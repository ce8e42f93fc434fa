package import RedisClient

/// Where one named store is.
package struct RedisStoreSettings: Sendable, Hashable {
  /// One server, the master behind sentinels, or a cluster.
  package var topology: RedisConfiguration.Topology
  /// Whom the client says it is.
  package var credentials: RedisCredentials?
  /// A cluster has only 0.
  package var database: Int
  /// Nil for plain text.
  package var tls: RedisTLS?

  /// A store behind sentinels or in a cluster, or wherever.
  package init(
    _ topology: RedisConfiguration.Topology, credentials: RedisCredentials? = nil, database: Int = 0,
    tls: RedisTLS? = nil
  ) {
    self.topology = topology
    self.credentials = credentials
    self.database = database
    self.tls = tls
  }

  /// A store on one server.
  /// - Parameter tls: how TLS is done where the URL asks for it.
  package init(_ url: RedisURL, tls: RedisTLS = RedisTLS()) {
    self.init(
      .standalone(url.endpoint), credentials: url.credentials, database: url.database, tls: url.usesTLS ? tls : nil)
  }
}

/// Where the three named stores are, and the limits they share.
package struct RedisStoresSettings: Sendable {
  /// Catalog and query answers, and the fences that guard them. Advice: `maxmemory-policy allkeys-lru` or `allkeys-lfu`.
  package var cache: RedisStoreSettings
  /// Sign-ins. Advice: `volatile-ttl`, or `noeviction` where memory is known to suffice.
  package var session: RedisStoreSettings
  /// View counters and rate limits. Advice: `volatile-lru`.
  package var realtime: RedisStoreSettings
  /// Stands before every key.
  package var prefix = "tenantry"
  /// Who answers reads that no fence guards.
  package var readFrom = RedisConfiguration.ReadPreference.master
  /// When true, nothing is connected before the first command.
  package var connectsLazily = false
  /// The limit for name resolution, TCP, TLS and authentication together.
  package var connectTimeout = Duration.seconds(10)
  /// How long a command may take, waiting for a connection included.
  package var commandTimeout = Duration.seconds(5)
  /// The pause between tries after ten in a row have failed.
  package var reconnectInterval = Duration.seconds(5)
  /// How often a command may be sent again, where it may.
  package var maxRetriesPerRequest = 3
  /// How many connections all commands share, per server.
  package var connections = 2
  /// What CLIENT LIST shows.
  package var clientName: String? = "tenantry"

  /// Three stores, by default all in one place.
  package init(
    cache: RedisStoreSettings, session: RedisStoreSettings? = nil, realtime: RedisStoreSettings? = nil
  ) {
    self.cache = cache
    self.session = session ?? cache
    self.realtime = realtime ?? cache
  }

  /// What the client of one store is to connect to.
  func configuration(_ store: RedisStoreSettings) -> RedisConfiguration {
    var configuration = RedisConfiguration(store.topology)
    configuration.credentials = store.credentials
    configuration.database = store.database
    configuration.tls = store.tls
    configuration.clientName = clientName
    configuration.readFrom = readFrom
    configuration.connectsLazily = connectsLazily
    configuration.connectTimeout = connectTimeout
    configuration.commandTimeout = commandTimeout
    configuration.reconnectInterval = reconnectInterval
    configuration.maxRetriesPerRequest = maxRetriesPerRequest
    configuration.connections = connections
    return configuration
  }
}
