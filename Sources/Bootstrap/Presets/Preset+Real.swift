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
    let stores = settings.redis.map { RedisStores($0, logger: logger) }
    if stores == nil {
      logger.notice("no REDIS_* address is set: the cache is in memory, and no other instance hears of changes")
    }
    let cache =
      stores.map {
        CacheService(
          shared: $0.cache, limits: settings.cache.limits, options: settings.cache.shared,
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
        await cache.invalidate(word.tags.map { .named($0, .tenant(word.tenant)) }, position: position.value)
      }
    }
    preset.background = [
      CacheFeed(cache: cache),
      RelayService(relay: relay, listener: databases.listener(on: OutboxRelay.channel)),
    ]
    preset.close = {
      stores?.shutdown()
      databases.shutDown()
    }
    return preset
  }
}

/// The connections of one process to the database.
struct Databases: Sendable {
  /// What relay, sweeper and migrations may use at the same time.
  private static let adminConnections = 4

  let tenants: TenantDatabase
  let platform: PlatformDatabase
  /// As the owner of the schema.
  let admin: PostgresNode
  private let application: PostgresNode
  private let loop: PostgresEventLoop
  private let adminURL: PostgresURL

  /// Begins to connect. Throws when there are no settings for it or no thread to be had.
  init(_ settings: Settings, logger: Logger) throws {
    guard let database = settings.database else {
      throw SettingError("ADAPTERS_PRESET", got: settings.preset.rawValue, takes: "real for this command")
    }
    loop = try PostgresEventLoop(logger: logger)
    var pool = database.pool
    application = PostgresNode(url: database.primary, settings: pool, loop: loop)
    pool.maximum = Self.adminConnections
    pool.minimum = min(pool.minimum, 1)
    admin = PostgresNode(url: database.admin, settings: pool, loop: loop)
    adminURL = database.admin
    tenants = TenantDatabase(application, logger: logger)
    platform = PlatformDatabase(admin, logger: logger)
  }

  /// A connection that hears what is sent on a channel.
  func listener(on channel: String) -> PostgresListener {
    PostgresListener(url: adminURL, channels: [channel], loop: loop)
  }

  func shutDown() {
    application.shutDown()
    admin.shutDown()
    loop.stop()
  }
}
