import Caching
import InMemoryAdapter

extension Preset {
  /// Everything in memory.
  static func mock(_ settings: Settings, _ machine: Machine) -> Preset {
    let database = InMemoryDatabase()
    return Preset(
      settings,
      Adapters(
        tenants: InMemoryTenantRepository(database: database), reader: InMemoryCatalogReader(database: database),
        packages: InMemoryPackageRepository(database: database), bulk: InMemoryPackageBulk(database: database),
        segments: InMemorySegmentRepository(database: database), addOns: InMemoryAddOnRepository(database: database),
        venues: InMemoryVenueRepository(database: database),
        occupancy: InMemoryAvailabilityRepository(database: database),
        blackouts: InMemoryBlackoutRepository(database: database),
        bookings: InMemoryBookingRepository(database: database), audit: InMemoryAuditLog(),
        cache: CacheService(
          store: InMemoryCacheStore(ticker: machine.ticker), limits: settings.cache.limits,
          environment: machine.cacheEnvironment),
        sessions: InMemoryCacheStore(ticker: machine.ticker), realtime: InMemoryCacheStore(ticker: machine.ticker)),
      machine)
  }
}
