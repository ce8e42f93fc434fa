import Caching
import CatalogDomain
import InMemoryAdapter
import Kernel
import Logging
import PostgresAdapter
import PostgresClient
import RedisAdapter

extension Preset {
  /// How often the relay looks for word that nobody woke it for.
  private static let relayInterval = Duration.seconds(1)

  /// PostgreSQL, and Redis where it is set.
  static func real(_ settings: Settings, _ machine: Machine, logger: Logger) throws -> Preset {
    let databases = try Databases(settings, logger: logger)
    let (database, platform) = (databases.tenants, databases.platform)
    let stores = settings.redis.map { RedisStores($0, logger: logger, observe: RedisEvents.count) }
    if stores == nil {
      logger.notice("no REDIS_* address is set: the cache is in memory, and no other instance hears of changes")
    }
    var shared = settings.cache.shared
    shared.watchedNamespaces = [CatalogRead.namespace]
    let cache =
      stores.map {
        CacheService(
          shared: $0.cache, limits: settings.cache.limits, options: shared,
          environment: machine.cacheEnvironment)
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
        segments: PostgresCatalogRepository<Segment>(database: database),
        addOns: PostgresCatalogRepository<AddOn>(database: database),
        venues: PostgresCatalogRepository<Venue>(database: database),
        occupancy: PostgresAvailabilityRepository(database: database),
        blackouts: PostgresBlackoutRepository(database: database),
        bookings: PostgresBookingRepository(database: database, platform: platform), cache: cache),
      machine)
    let relay = OutboxRelay(platform: platform, interval: relayInterval, logger: logger) { words, position in
      for word in words {
        let tags = word.tags.map { CacheTag.named($0, .tenant(word.tenant)) }
        await cache.invalidate(tags + word.platformTags.map { .named($0, .platform) }, position: position.value)
      }
    }
    preset.database = { databases.report }
    preset.insight = databases.insight
    preset.background = [
      CacheFeed(cache: cache), DatabaseWatch(databases: databases),
      RelayService(relay: relay, listener: databases.listener(on: OutboxRelay.channel)),
    ]
    preset.close = {
      stores?.shutdown()
      databases.shutDown()
    }
    return preset
  }
}
