import Caching
import CatalogDomain
import InMemoryAdapter
import Kernel
import Logging
import PostgresAdapter
import PostgresClient
import RedisAdapter

extension Preset {
  /// PostgreSQL, and Redis where it is set.
  static func real(_ settings: Settings, _ machine: Machine, logger: Logger) throws -> Preset {
    let databases = try Databases(settings, logger: logger)
    let (database, platform) = (databases.tenants, databases.platform)
    let journal = StoreJournal(clock: machine.clock)
    let stores = settings.redis.map {
      RedisStores($0, logger: logger) { store, event in
        RedisEvents.count(store, event)
        journal.record(store, event)
      }
    }
    if stores == nil {
      logger.notice("no REDIS_* address is set: the cache is in memory, and instances hear of changes from PostgreSQL")
    }
    var origin = CacheOrigin()
    origin.untold = OutboxTelling.pending(platform)
    if databases.hasReplicas { origin.position = { try await databases.writePosition() } }
    var shared = settings.cache.shared
    shared.watchedNamespaces = [CatalogRead.namespace]
    let cache =
      stores.map {
        CacheService(
          shared: $0.cache, limits: settings.cache.limits, options: shared,
          environment: machine.cacheEnvironment, origin: origin)
      }
      ?? CacheService(
        store: InMemoryCacheStore(ticker: machine.ticker), limits: settings.cache.limits,
        environment: machine.cacheEnvironment)
    var preset = Preset(
      settings,
      Adapters(
        tenants: PostgresTenantRepository(database: database, platform: platform),
        reader: PostgresCatalogReader(database: database),
        packages: PostgresCatalogRepository<Package>(database: database),
        bulk: PostgresPackageBulk(database: database),
        segments: PostgresCatalogRepository<Segment>(database: database),
        addOns: PostgresCatalogRepository<AddOn>(database: database),
        venues: PostgresCatalogRepository<Venue>(database: database),
        occupancy: PostgresAvailabilityRepository(database: database),
        blackouts: PostgresBlackoutRepository(database: database),
        bookings: PostgresBookingRepository(database: database, platform: platform),
        audit: PostgresAuditLog(platform: platform), cache: cache,
        sessions: stores?.session ?? InMemoryCacheStore(ticker: machine.ticker),
        realtime: stores?.realtime ?? InMemoryCacheStore(ticker: machine.ticker)),
      machine)
    let relay = OutboxTelling.relay(platform, cache, isAlone: stores == nil, logger)
    preset.database = { databases.report }
    preset.insight = databases.insight
    preset.queries = { databases.queries }
    if let redis = settings.redis, let stores {
      let probe = StoreProbe(redis, stores, journal, ticker: machine.ticker)
      preset.stores = { await probe.health() }
    }
    preset.rateLimits = stores.map { stores in
      SharedRateLimits(
        store: stores.rateLimits, roster: stores.roster, instance: machine.newID.uniqueID().description
      ) { isUp in
        if isUp {
          logger.notice("requests are counted together with the other instances again")
        } else {
          logger.warning("the realtime store does not answer: this instance limits requests to its share by itself")
        }
      }
    }
    preset.background = [
      CacheFeed(cache: cache), DatabaseWatch(databases: databases),
      RelayService(
        relay: relay, desk: databases.desk, listener: databases.listener(on: OutboxNotice.channel), cache: cache,
        instance: databases.instance, isAlone: stores == nil),
      TimelineWatch(databases: databases, cache: cache, tenants: preset.tenants, logger: logger),
    ]
    preset.close = {
      stores?.shutdown()
      databases.shutDown()
    }
    return preset
  }
}
