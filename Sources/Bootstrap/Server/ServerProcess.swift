import CoreMetrics
import HTTPAdapter
import Hummingbird
import Kernel
package import Logging
import NIOCore
import Observability
import ServiceLifecycle
import TenancyDomain

/// The process that `tenantry serve` runs: everything wired, seeded and served until it is told to stop.
package struct ServerProcess: Sendable {
  private let settings: Settings
  private let seeds: [Seed]
  private let generated: GenerationRequest?
  private let logger: Logger
  private let announce: @Sendable (String) -> Void

  /// How often bookings are looked at for what time has done to them.
  private static let sweepInterval = Duration.seconds(5)
  /// How long requests under way may take once the process is told to stop.
  private static let drainTime = Duration.seconds(30)

  /// - Parameters:
  ///   - seeds: what the in-memory preset starts with; with the real preset, what is told of if it is there.
  ///   - generated: made-up tenants that it starts with besides.
  ///   - announce: takes the text for people once the server is ready.
  package init(
    settings: Settings, seeds: [Seed], generated: GenerationRequest? = nil, logger: Logger,
    announce: @escaping @Sendable (String) -> Void
  ) {
    self.settings = settings
    self.seeds = seeds
    self.generated = generated
    self.logger = logger
    self.announce = announce
  }

  /// Serves until SIGTERM or SIGINT; returns when all requests under way have been answered.
  package func run() async throws {
    // Before anything asks for an event loop: two on one core only take turns.
    NIOSingletons.groupLoopCountSuggestion = Processors.count
    let clock = SystemClock()
    let newID = IDGenerator(clock: clock, random: SystemRandomSource())
    let machine = Preset.Machine(clock: clock, ticker: clock, newID: newID)
    // Before anything makes a metric.
    let registry = MetricsRegistry()
    MetricsSystem.bootstrap(registry)
    let preset = try preset(machine)
    defer { preset.close() }
    if settings.preset == .mock {
      let loader = SeedLoader(tenants: preset.tenants, services: preset.services, clock: clock, newID: newID)
      for seed in seeds { try await loader.load(seed) }
      if let generated { for number in 1...generated.tenants { try await loader.load(generated.seed(number)) } }
    }

    let operators = try await OperatorAccess.tokens(settings, clock: clock, logger: logger)
    let token = try await OperatorAccess.demoToken(settings, operators, clock)
    let readiness = Readiness()
    let limiter = settings.rateLimits.limiter(shared: preset.rateLimits, environment: machine.cacheEnvironment)
    CacheMetrics.export(preset.cache, to: registry)
    if settings.preset == .real { DatabaseMetrics.export(preset.database, to: registry) }
    CacheMetrics.export(preset.views, to: registry)
    if let limiter { CacheMetrics.export(limiter, to: registry) }
    let api = HTTPAPI(
      preset.services,
      HTTPAPI.Surroundings(
        limiter: limiter, hasHotPath: settings.server.hasHotPath,
        trustedProxies: settings.server.trustedProxies, allowedOrigins: settings.server.allowedOrigins,
        readiness: readiness, metrics: registry, newID: IDGenerator(clock: clock, random: CountingRandomSource()),
        operators: operators, audit: preset.audit, cacheCapacity: settings.cache.limits.entries,
        database: preset.database, insight: preset.insight, queries: preset.queries, stores: preset.stores,
        executors: machine.executors))

    let (listening, port) = AsyncStream.makeStream(of: Int.self)
    let server = try HTTPServer.application(api, settings.server, logger: logger) { bound in
      port.yield(bound)
      port.finish()
    }
    let startUp = StartUp(
      warmer: settings.cache.warmsOnStartup
        ? CacheWarmer(services: preset.services, clock: clock, logger: logger) : nil,
      deadline: settings.cache.warmDeadline, readiness: readiness, listening: listening
    ) { [settings, seeds, announce] port in
      let present = await Self.present(seeds, preset.tenants)
      announce(Welcome.text(settings.server, port: port, seeds: present, token: token))
    }
    var configuration = ServiceGroupConfiguration(
      services: preset.background + [
        LimiterFeed(limiter: limiter), ViewsFeed(views: preset.views),
        BookingSweeper(bookings: preset.services.bookings, interval: Self.sweepInterval, logger: logger), startUp,
        server, DrainNotice(readiness: readiness),
      ], gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
    configuration.maximumGracefulShutdownDuration = Self.drainTime
    do { try await ServiceGroup(configuration: configuration).run() } catch {
      throw HTTPServer.refusal(error, settings.server)
    }
  }

  /// The seeds whose tenants are served here.
  private static func present(_ seeds: [Seed], _ tenants: any TenantRepositoryPort) async -> [Seed] {
    var present: [Seed] = []
    for seed in seeds {
      guard let key = seed.storefrontKey.flatMap({ APIKey($0) }) else { continue }
      // Where the database does not answer there is nothing to try.
      guard let holder = try? await tenants.holder(of: key.digest), holder.tenant.status == .active else { continue }
      present.append(seed)
    }
    return present
  }

  private func preset(_ machine: Preset.Machine) throws -> Preset {
    switch settings.preset {
    case .mock: .mock(settings, machine)
    case .real: try .real(settings, machine, logger: logger)
    }
  }
}
