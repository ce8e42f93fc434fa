import AvailabilityDomain
import CatalogDomain
import HTTPAdapter
import Kernel
import Logging
import TenancyDomain

/// Fills the cache with what every storefront asks for first: its packages, segments, add-ons and venues, and the
/// availability of this month and the next two.
struct CacheWarmer: Sendable {
  /// How it went.
  struct Outcome: Sendable, Equatable {
    var warmed = 0
    /// Tenants of whom something could not be loaded; they are warmed by those who ask.
    var failed = 0
  }

  private let services: HTTPAPI.Services
  private let clock: any WallClock
  private let logger: Logger

  /// How many tenants are warmed at once: enough to keep the database and the shared store busy, few enough to leave
  /// connections to those who ask meanwhile.
  private static let width = 12
  /// This month and the next two.
  private static let months = 3
  /// How many lines tell of the progress.
  private static let reports = 10

  /// A warmer of a set of services.
  init(services: HTTPAPI.Services, clock: any WallClock, logger: Logger) {
    self.services = services
    self.clock = clock
    self.logger = logger
  }

  /// Warms every active tenant, and logs how far it is.
  func warmAll() async {
    let tenants: [Tenant]
    do { tenants = try await services.directory.activeTenants() } catch {
      logger.warning("cache not warmed", metadata: ["error": "\(error)"])
      return
    }
    let step = max(1, tenants.count / Self.reports)
    let outcome = await warm(tenants) { done in
      guard done.isMultiple(of: step), done < tenants.count else { return }
      logger.info("warming the cache", metadata: ["done": "\(done)", "tenants": "\(tenants.count)"])
    }
    logger.info(
      "cache warmed", metadata: ["tenants": "\(outcome.warmed)", "failed": "\(outcome.failed)"])
  }

  /// Warms some tenants. One that fails is logged and left cold.
  /// - Parameter progress: told how many are done, each time one is.
  func warm(_ tenants: [Tenant], progress: @Sendable (_ done: Int) -> Void = { _ in }) async -> Outcome {
    await withTaskGroup(of: Bool.self) { group in
      var outcome = Outcome()
      func note(_ isWarm: Bool?) {
        guard let isWarm else { return }
        if isWarm { outcome.warmed += 1 } else { outcome.failed += 1 }
        progress(outcome.warmed + outcome.failed)
      }
      for (index, tenant) in tenants.enumerated() {
        if index >= Self.width { note(await group.next()) }
        guard !Task.isCancelled else { break }
        group.addTask { await warm(tenant) }
      }
      for await isWarm in group { note(isWarm) }
      return outcome
    }
  }

  private func warm(_ tenant: Tenant) async -> Bool {
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
      return true
    } catch {
      logger.warning("tenant not warmed", metadata: ["tenant": "\(tenant.slug)", "error": "\(error)"])
      return false
    }
  }
}
