package import Logging
package import RedisClient

/// The named stores: cache, session and realtime. Stores in the same place share a client.
package struct RedisStores: Sendable {
  /// Catalog and query answers.
  package let cache: RedisCacheStore
  /// Sign-ins.
  package let session: RedisCacheStore
  /// View counters.
  package let realtime: RedisCacheStore
  /// Kept with ``realtime``.
  package let rateLimits: RedisRateLimitStore
  /// Kept with ``realtime``.
  package let roster: RedisInstanceRoster
  /// By the name of the store: `cache`, `session`, `realtime`. For health and metrics.
  package let clients: [String: RedisClient]

  /// Stores whose clients begin to connect at once, unless told to be lazy.
  /// - Parameter observe: what each client is to tell of its connections, by the name of its first store.
  package init(
    _ settings: RedisStoresSettings, logger: Logger,
    observe: (@Sendable (String, RedisConnectionEvent) -> Void)? = nil
  ) {
    var made: [RedisStoreSettings: RedisClient] = [:]
    func client(_ name: String, _ store: RedisStoreSettings) -> RedisClient {
      if let client = made[store] { return client }
      var configuration = settings.configuration(store)
      if let observe { configuration.onEvent = { observe(name, $0) } }
      var logger = logger
      logger[metadataKey: "store"] = .string(name)
      let client = RedisClient(configuration, logger: logger)
      made[store] = client
      return client
    }
    let cache = client("cache", settings.cache)
    let session = client("session", settings.session)
    let realtime = client("realtime", settings.realtime)
    self.cache = RedisCacheStore(client: cache, prefix: settings.prefix)
    self.session = RedisCacheStore(client: session, prefix: settings.prefix)
    self.realtime = RedisCacheStore(client: realtime, prefix: settings.prefix)
    rateLimits = RedisRateLimitStore(client: realtime, prefix: settings.prefix)
    roster = RedisInstanceRoster(client: realtime, prefix: settings.prefix)
    clients = ["cache": cache, "session": session, "realtime": realtime]
  }

  /// Closes all connections for ever.
  package func shutdown() {
    for client in clients.values { client.shutdown() }
  }
}
