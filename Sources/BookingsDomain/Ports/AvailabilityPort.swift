package import Caching
package import Kernel

/// How bookings tell availability that a date is being taken or given back.
package protocol AvailabilityPort: Sendable {
  /// Runs a change that may touch the occupancy of `dates`: after it, no answer shows the old one. A `DomainError` that is
  /// certain to have changed nothing leaves all as it is.
  func changing<Result: Sendable>(
    _ tenant: TenantID, _ dates: [CalendarDate], _ body: @Sendable () async throws -> CacheChange<Result>
  ) async throws -> Result

  /// Drops what is remembered of dates that have changed already.
  func changed(_ tenant: TenantID, _ dates: [CalendarDate]) async
}
