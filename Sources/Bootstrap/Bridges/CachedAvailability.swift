import AvailabilityDomain
import BookingsDomain
import Caching
import Kernel

/// Tells the availability domain's cached months of what happens to bookings.
struct CachedAvailability: AvailabilityPort {
  private let cache: any CacheServicePort

  /// Availability kept in a cache.
  init(cache: any CacheServicePort) { self.cache = cache }

  func changing<Result: Sendable>(
    _ tenant: TenantID, _ dates: [CalendarDate], _ body: @Sendable () async throws -> CacheChange<Result>
  ) async throws -> Result {
    try await cache.changeUnlessRefused(AvailabilityService.tags(tenant, dates), body)
  }

  func changed(_ tenant: TenantID, _ dates: [CalendarDate]) async {
    await cache.invalidate(AvailabilityService.tags(tenant, dates))
  }
}
