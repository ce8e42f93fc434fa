import AvailabilityDomain
import BookingsDomain
import Caching
import CatalogDomain
import HTTPAdapter
import Kernel
import ServiceLifecycle
import TenancyDomain

/// The domain services over one set of adapters. Only the presets know which.
struct Preset: Sendable {
  let services: HTTPAPI.Services
  let tenants: any TenantRepositoryPort
  /// What operators do with tenants.
  let administration: TenantAdministration
  let cache: CacheService
  let views: CountedViews
  /// Sign-ins, kept where they outlive an instance if there is such a place.
  let sessions: SessionService
  /// How the database is.
  var database: @Sendable () -> DatabaseHealth = { .inMemory }
  /// What the database's statements are like.
  var insight = DatabaseInsight.none
  /// What operators have done.
  let audit: any AuditLogPort
  /// How the stores are that instances share.
  var stores: @Sendable () async -> [StoreHealth] = { [] }
  /// What the database has been asked.
  var queries: @Sendable () -> QueryTotals = { QueryTotals() }
  /// Where instances count requests together; nil when there is one instance.
  var rateLimits: SharedRateLimits?
  /// What must run beside the server.
  var background: [any Service] = []
  /// Closes what the adapters hold open, once nothing uses them.
  var close: @Sendable () -> Void = {}

  /// One adapter for each port.
  struct Adapters {
    let tenants: any TenantRepositoryPort
    let reader: any CatalogReadPort
    let packages: any CatalogRepositoryPort<Package>
    let bulk: any PackageBulkPort
    let segments: any CatalogRepositoryPort<Segment>
    let addOns: any CatalogRepositoryPort<AddOn>
    let venues: any CatalogRepositoryPort<Venue>
    let occupancy: any AvailabilityRepositoryPort
    let blackouts: any BlackoutRepositoryPort
    let bookings: any BookingRepositoryPort
    let audit: any AuditLogPort
    let cache: CacheService
    /// Holds sign-ins.
    let sessions: any CacheStorePort
    /// Holds counters.
    let realtime: any CacheStorePort
  }

  /// What the services take from the machine.
  struct Machine: Sendable {
    let clock: any WallClock
    let ticker: any Ticker
    let newID: IDGenerator
    var executors = EventLoopExecutors()

    var cacheEnvironment: CacheEnvironment {
      var environment = CacheEnvironment(ticker: ticker, wallClock: clock)
      // What a connection asks for goes on where the connection is.
      environment.start = { [executors] in executors.start($0) }
      environment.sleep = { [executors] in try await executors.sleep(for: $0) }
      return environment
    }
  }

  init(_ settings: Settings, _ adapters: Adapters, _ machine: Machine) {
    let (cache, clock, newID) = (adapters.cache, machine.clock, machine.newID)
    self.cache = cache
    tenants = adapters.tenants
    administration = TenantAdministration(
      repository: adapters.tenants, cache: cache, clock: clock, newID: newID)
    audit = adapters.audit
    let views = CountedViews(store: adapters.realtime, clock: clock, environment: machine.cacheEnvironment)
    self.views = views
    sessions = SessionService(
      store: StoredSessions(store: adapters.sessions), clock: clock, newID: machine.newID)
    let catalog = CatalogService(repository: adapters.reader, cache: cache, policy: settings.cache.catalog)
    let through = settings.cache.writesThrough ? WriteThrough(catalog: catalog) : nil
    services = HTTPAPI.Services(
      directory: TenantDirectory(repository: adapters.tenants, cache: cache, policy: settings.cache.tenancy),
      catalog: catalog,
      availability: AvailabilityService(
        repository: adapters.occupancy, cache: cache, policy: settings.cache.availability, clock: clock),
      bookings: BookingService(
        repository: adapters.bookings, offers: CatalogOffers(reader: adapters.reader, venues: adapters.venues),
        availability: CachedAvailability(cache: cache), clock: clock, newID: newID, holdTime: settings.holdTime),
      packages: CatalogEditor(repository: adapters.packages, cache: cache, clock: clock, newID: newID) {
        await through?.load($0, .package(slug: $1?.fields.slug.description))
      },
      segments: CatalogEditor(repository: adapters.segments, cache: cache, clock: clock, newID: newID) {
        await through?.load($0, .segment(slug: $1?.fields.slug.description))
      },
      addOns: CatalogEditor(repository: adapters.addOns, cache: cache, clock: clock, newID: newID) { tenant, _ in
        await through?.load(tenant, .addOn)
      },
      venues: CatalogEditor(repository: adapters.venues, cache: cache, clock: clock, newID: newID) { tenant, _ in
        await through?.load(tenant, .venue)
      },
      blackouts: BlackoutEditor(repository: adapters.blackouts, cache: cache, clock: clock, newID: newID),
      views: views,
      analytics: PackageAnalytics(
        packages: adapters.packages, views: views, bookings: CountedBookings(repository: adapters.bookings),
        clock: clock),
      exchange: PackageExchange(
        bulk: adapters.bulk, packages: adapters.packages, cache: cache, clock: clock, newID: newID
      ) { await through?.load($0, .packages(slugs: $1.map(\.description))) },
      cache: cache)
  }
}
