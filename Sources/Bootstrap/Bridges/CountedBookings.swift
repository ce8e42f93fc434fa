import BookingsDomain
import CatalogDomain
import Kernel

/// How often packages are booked, for the catalog: asked of the bookings' repository.
struct CountedBookings: PackageBookingsPort {
  private let repository: any BookingRepositoryPort

  init(repository: any BookingRepositoryPort) { self.repository = repository }

  func bookings(
    _ tenant: TenantID, days: ClosedRange<CalendarDate>
  ) async throws -> [String: [CalendarDate: Int]] {
    var bookings: [String: [CalendarDate: Int]] = [:]
    for count in try await repository.counts(tenant, madeOn: days) {
      bookings[count.package, default: [:]][count.day] = count.bookings
    }
    return bookings
  }
}
