package import BookingsDomain
package import Kernel
import PostgresClient

/// What operators look at across tenants.
package struct PostgresBookingReports: Sendable {
  private let platform: PlatformDatabase

  /// Reports on a database, read as its owner.
  package init(platform: PlatformDatabase) { self.platform = platform }

  /// A record and whose it is.
  package struct Owned<Record: Sendable>: Sendable {
    package let tenant: TenantID
    package let record: Record
  }

  /// The newest bookings of all tenants.
  package func newestBookings(limit: Int) async throws -> [Owned<Booking>] {
    try await platform.read(PostgresQuery(Self.bookings, [.int(limit)])).map { row in
      Owned(tenant: try row.decode(row.count - 1), record: try Booking(row))
    }
  }

  /// The newest customers of all tenants.
  package func newestCustomers(limit: Int) async throws -> [Owned<Customer>] {
    try await platform.read(PostgresQuery(Self.customers, [.int(limit)])).map { row in
      Owned(tenant: try row.decode(row.count - 1), record: try Customer(row))
    }
  }

  private static let bookings = PostgresStatement(
    "SELECT \(Booking.columns), tenant_id FROM bookings ORDER BY created_at DESC, id LIMIT $1",
    name: "reports.newest_bookings")

  private static let customers = PostgresStatement(
    "SELECT \(Customer.columns), tenant_id FROM customers ORDER BY created_at DESC, id LIMIT $1",
    name: "reports.newest_customers")
}
