package import AvailabilityDomain
package import BookingsDomain
package import Caching
package import CatalogDomain
import Hummingbird
package import HummingbirdCore
package import Kernel
package import Logging
package import NIOCore
package import Observability
package import TenancyDomain

/// The HTTP API over the domain services.
package struct HTTPAPI: Sendable {
  /// The services that answer.
  package struct Services: Sendable {
    package let directory: TenantDirectory
    package let catalog: CatalogService
    package let availability: AvailabilityService
    package let bookings: BookingService
    package let packages: CatalogEditor<Package>
    package let segments: CatalogEditor<Segment>
    package let addOns: CatalogEditor<AddOn>
    package let venues: CatalogEditor<Venue>
    package let blackouts: BlackoutEditor
    package let views: any PackageViewsPort
    package let analytics: PackageAnalytics
    package let exchange: PackageExchange
    package let cache: any CacheServicePort

    package init(
      directory: TenantDirectory, catalog: CatalogService, availability: AvailabilityService, bookings: BookingService,
      packages: CatalogEditor<Package>, segments: CatalogEditor<Segment>, addOns: CatalogEditor<AddOn>,
      venues: CatalogEditor<Venue>, blackouts: BlackoutEditor, views: any PackageViewsPort,
      analytics: PackageAnalytics, exchange: PackageExchange, cache: any CacheServicePort
    ) {
      self.directory = directory
      self.catalog = catalog
      self.availability = availability
      self.bookings = bookings
      self.packages = packages
      self.segments = segments
      self.addOns = addOns
      self.venues = venues
      self.blackouts = blackouts
      self.views = views
      self.analytics = analytics
      self.exchange = exchange
      self.cache = cache
    }
  }

  /// What the process around the API lends it.
  package struct Surroundings: Sendable {
    /// Nil when limits are off.
    package let limiter: RateLimiter?
    /// Whether hits are answered on the event loop, without the router.
    package let hasHotPath: Bool
    package let trustedProxies: Set<String>
    package let allowedOrigins: Set<String>
    package let readiness: Readiness
    package let metrics: MetricsRegistry
    package let newID: IDGenerator
    /// Nil when there is no secret to sign operators' tokens with.
    package let operators: (any OperatorTokenPort)?
    package let audit: any AuditLogPort
    /// How many entries the cache has room for in memory.
    package let cacheCapacity: Int
    /// How the database is.
    package let database: @Sendable () -> DatabaseHealth
    /// What the database's statements are like.
    package let insight: DatabaseInsight
    /// What the database has been asked.
    package let queries: @Sendable () -> QueryTotals
    /// How the stores are that instances share.
    package let stores: @Sendable () async -> [StoreHealth]
    package let clock: any WallClock
    package let ticker: any Ticker
    package let executors: EventLoopExecutors

    package init(
      limiter: RateLimiter?, hasHotPath: Bool = true, trustedProxies: Set<String> = [],
      allowedOrigins: Set<String> = [], readiness: Readiness,
      metrics: MetricsRegistry, newID: IDGenerator, operators: (any OperatorTokenPort)? = nil,
      audit: any AuditLogPort, cacheCapacity: Int = 0,
      database: @escaping @Sendable () -> DatabaseHealth = { .inMemory },
      insight: DatabaseInsight = .none, queries: @escaping @Sendable () -> QueryTotals = { QueryTotals() },
      stores: @escaping @Sendable () async -> [StoreHealth] = { [] },
      clock: any WallClock = SystemClock(),
      ticker: any Ticker = SystemClock(), executors: EventLoopExecutors = EventLoopExecutors()
    ) {
      self.limiter = limiter
      self.hasHotPath = hasHotPath
      self.trustedProxies = trustedProxies
      self.allowedOrigins = allowedOrigins
      self.readiness = readiness
      self.metrics = metrics
      self.newID = newID
      self.operators = operators
      self.audit = audit
      self.cacheCapacity = cacheCapacity
      self.database = database
      self.insight = insight
      self.queries = queries
      self.stores = stores
      self.clock = clock
      self.ticker = ticker
      self.executors = executors
    }
  }

  /// Answers every request.
  package let responder: APIResponder
  /// Nil when hits go through the router.
  let hits: HitResponder?
  let newID: IDGenerator
  let executors: EventLoopExecutors
  let date: SharedDateField
  /// Whether the process is going to stop, so that clients should look for another connection.
  let isDraining: @Sendable () -> Bool

  /// Puts the API together.
  package init(_ services: Services, _ surroundings: Surroundings) {
    let limits = Limits(
      limiter: surroundings.limiter, address: ClientAddress(trustedProxies: surroundings.trustedProxies))
    let router = Router(context: APIContext.self)
    let authenticator = Authenticator(directory: services.directory, operators: surroundings.operators)
    let routes = Routes(router: router, authenticator: authenticator, limits: limits)
    CatalogRoutes(catalog: services.catalog, views: services.views).add(to: routes)
    AvailabilityRoutes(availability: services.availability).add(to: routes)
    BookingRoutes(bookings: services.bookings).add(to: routes)
    PackageExchangeRoutes(exchange: services.exchange).add(to: routes)
    StaffRoutes(resource: CatalogResource(editor: services.packages), endpoints: Endpoint.packages).add(to: routes)
    StaffRoutes(resource: CatalogResource(editor: services.segments), endpoints: Endpoint.segments).add(to: routes)
    StaffRoutes(resource: CatalogResource(editor: services.addOns), endpoints: Endpoint.addOns).add(to: routes)
    StaffRoutes(resource: CatalogResource(editor: services.venues), endpoints: Endpoint.venues).add(to: routes)
    StaffRoutes(resource: BlackoutResource(editor: services.blackouts), endpoints: Endpoint.blackouts).add(to: routes)
    routes.add(.packageAnalytics) { call in
      let (from, to) = (try call.query.date("from"), try call.query.date("to"))
      return try JSONAnswer.response(try await services.analytics.report(try call.tenant.id, from: from, to: to))
    }
    CacheRoutes(
      cache: services.cache, directory: services.directory, audit: surroundings.audit, stores: surroundings.stores,
      limiter: surroundings.limiter, newID: surroundings.newID, clock: surroundings.clock
    ).add(to: routes)
    routes.add(.databaseState) { _ in try JSONAnswer.response(surroundings.database()) }
    routes.add(.slowQueries) { _ in try JSONAnswer.response(surroundings.insight.slowQueries()) }
    routes.add(.suggestions) { _ in try JSONAnswer.response(surroundings.insight.suggestions()) }
    OperationsRoutes(
      cache: services.cache, database: surroundings.database, readiness: surroundings.readiness,
      metrics: surroundings.metrics, stores: surroundings.stores, queries: surroundings.queries,
      authenticator: authenticator, capacity: surroundings.cacheCapacity, ticker: surroundings.ticker,
      document: OpenAPIDocument.bytes(of: Endpoint.all)
    ).add(to: routes)
    let finisher = Finisher(
      crossOrigin: CrossOrigin(origins: surroundings.allowedOrigins), newID: surroundings.newID)
    let recorder = RequestRecorder(registry: surroundings.metrics)
    hits =
      surroundings.hasHotPath
      ? HitResponder(
        directory: services.directory, catalog: services.catalog, views: services.views, limits: limits,
        finisher: finisher, recorder: recorder, watching: surroundings.insight.watching, ticker: surroundings.ticker,
        memories: HitMemories(clock: surroundings.clock, executors: surroundings.executors)) : nil
    newID = surroundings.newID
    executors = surroundings.executors
    date = SharedDateField(clock: surroundings.clock)
    isDraining = { [readiness = surroundings.readiness] in readiness.isDraining }
    responder = APIResponder(
      router: router.buildResponder(), finisher: finisher, recorder: recorder,
      watching: surroundings.insight.watching, ticker: surroundings.ticker)
  }

  /// What a server calls for each request: answers it and writes the answer. Hummingbird's own way adds an identifier to
  /// a logger that hardly any request uses, and binds it to the task; this one does not.
  package func server(_ logger: Logger) -> HTTPChannelHandler.Responder {
    return { [responder, date] request, writer, channel in
      let context = APIContext(source: ApplicationRequestContextSource(channel: channel, logger: logger))
      var response = await responder.answer(request, context)
      response.headers[.date] = date.value
      try await writer.write(response: response.head, body: response.body)
    }
  }

  /// The handlers that each stream of HTTP/2 needs between codec and server.
  package func streamHandlers() -> [any RemovableChannelHandler] { [ConnectionGuard(newID: newID, date: date)] }
}
