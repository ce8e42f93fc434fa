package import Kernel

/// How often packages are booked.
package protocol PackageBookingsPort: Sendable {
  /// The bookings made of each package on each day (UTC), by the slug the package had then and whatever became of them;
  /// days without any are left out.
  func bookings(
    _ tenant: TenantID, days: ClosedRange<CalendarDate>
  ) async throws -> [String: [CalendarDate: Int]]
}
