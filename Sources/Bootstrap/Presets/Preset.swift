import AvailabilityDomain
import BookingsDomain
import Caching
import CatalogDomain
import HTTPAdapter
import InMemoryAdapter
import Kernel
import TenancyDomain

/// The domain services over one set of adapters. The only place that knows which.
struct Preset: Sendable {
  let services: HTTPAPI.Services
  let tenants: any TenantRepositoryPort
  let cache: any CacheServicePort

  /// Everything in memory.
  static func mock(_ settings: Settings, clock: any WallClock, ticker: any Ticker, newID: IDGenerator) -> Preset {
    let database = InMemoryDatabase()
    return Preset(
      settings,
      Adapters(
        tenants: InMemoryTenantRepository(database: database), reader: InMemoryCatalogReader(database: database),
        packages: InMemoryPackageRepository(database: database),
        segments: InMemorySegmentRepository(database: database), addOns: InMemoryAddOnRepository(database: database),
        venues: InMemoryVenueRepository(database: database),
        occupancy: InMemoryAvailabilityRepository(database: database),
        blackouts: InMemoryBlackoutRepository(database: database),
        bookings: InMemoryBookingRepository(database: database),
        store: InMemoryCacheStore(ticker: ticker)),
      clock: clock, ticker: ticker, newID: newID)
  }

  /// One adapter for each port.
  private struct Adapters {
    let tenants: any TenantRepositoryPort
    let reader: any CatalogReadPort
    let packages: any CatalogRepositoryPort<Package>
    let segments: any CatalogRepositoryPort<Segment>
    let addOns: any CatalogRepositoryPort<AddOn>
    let venues: any CatalogRepositoryPort<Venue>
    let occupancy: any AvailabilityRepositoryPort
    let blackouts: any BlackoutRepositoryPort
    let bookings: any BookingRepositoryPort
    let store: any CacheStorePort
  }

  private init(
    _ settings: Settings, _ adapters: Adapters, clock: any WallClock, ticker: any Ticker, newID: IDGenerator
  ) {
    let cache = CacheService(
      store: adapters.store, limits: settings.cache.limits,
      environment: CacheEnvironment(ticker: ticker, wallClock: clock))
    self.cache = cache
    tenants = adapters.tenants
    services = HTTPAPI.Services(
      directory: TenantDirectory(repository: adapters.tenants, cache: cache, policy: settings.cache.tenancy),
      catalog: CatalogService(repository: adapters.reader, cache: cache, policy: settings.cache.catalog),
      availability: AvailabilityService(
        repository: adapters.occupancy, cache: cache, policy: settings.cache.availability, clock: clock),
      bookings: BookingService(
        repository: adapters.bookings, offers: CatalogOffers(reader: adapters.reader, venues: adapters.venues),
        availability: CachedAvailability(cache: cache), clock: clock, newID: newID, holdTime: settings.holdTime),
      packages: CatalogEditor(repository: adapters.packages, cache: cache, clock: clock, newID: newID),
      segments: CatalogEditor(repository: adapters.segments, cache: cache, clock: clock, newID: newID),
      addOns: CatalogEditor(repository: adapters.addOns, cache: cache, clock: clock, newID: newID),
      venues: CatalogEditor(repository: adapters.venues, cache: cache, clock: clock, newID: newID),
      blackouts: BlackoutEditor(repository: adapters.blackouts, cache: cache, clock: clock, newID: newID),
      cache: cache)
  }
}
