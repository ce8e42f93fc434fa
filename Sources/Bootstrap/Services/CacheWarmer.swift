import AvailabilityDomain
import CatalogDomain
import HTTPAdapter
import Kernel
import Logging
import TenancyDomain

/// Fills the cache with what every storefront asks for first.
struct CacheWarmer: Sendable {
  private let services: HTTPAPI.Services
  private let clock: any WallClock
  private let logger: Logger

  /// How many tenants are warmed at once.
  private static let width = 4
  /// This month and the next two.
  private static let months = 3

  /// A warmer of a set of services.
  init(services: HTTPAPI.Services, clock: any WallClock, logger: Logger) {
    self.services = services
    self.clock = clock
    self.logger = logger
  }

  /// Warms every active tenant. A tenant that fails is logged and left cold.
  func warmAll() async {
    let tenants: [Tenant]
    do { tenants = try await services.directory.activeTenants() } catch {
      logger.warning("cache not warmed", metadata: ["error": "\(error)"])
      return
    }
    await withTaskGroup(of: Void.self) { group in
      for (index, tenant) in tenants.enumerated() {
        if index >= Self.width { await group.next() }
        group.addTask { await warm(tenant) }
      }
    }
    logger.info("cache warmed", metadata: ["tenants": "\(tenants.count)"])
  }

  private func warm(_ tenant: Tenant) async {
    let reads: [CatalogRead] = [
      .packages(PackageQuery()), .segments(PageRequest()), .addOns(segment: nil, PageRequest()),
      .venues(city: nil, PageRequest()),
    ]
    do {
      for read in reads { _ = try await services.catalog.answer(tenant.id, read) }
      var month = tenant.profile.today(clock).month
      for _ in 0..<Self.months {
        try await services.availability.warm(tenant.id, month)
        month = month.next
      }
    } catch {
      logger.warning("tenant not warmed", metadata: ["tenant": "\(tenant.slug)", "error": "\(error)"])
    }
  }
}
