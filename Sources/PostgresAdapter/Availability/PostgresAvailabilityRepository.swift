package import AvailabilityDomain
package import Kernel
import PostgresClient

/// Which days are taken, from the bookings and blackouts in PostgreSQL.
package struct PostgresAvailabilityRepository: AvailabilityRepositoryPort {
  private let database: TenantDatabase

  /// A repository over a database.
  package init(database: TenantDatabase) { self.database = database }

  package func occupancy(
    _ tenant: TenantID, _ month: CalendarMonth, at time: Timestamp
  ) async throws -> MonthOccupancy {
    let query = PostgresQuery(
      Self.occupancy, [.tenant(tenant), .day(month.firstDay), .day(month.next.firstDay), .time(time)])
    var taken: [Int: Int] = [:]
    var blackouts: Set<Int> = []
    var holdsUntil: Timestamp?
    for row in try await database.read(tenant, query, .load) {
      let date: CalendarDate = try row.decode(0)
      let day = date.parts.day
      guard let count = try row.decodeIfPresent(1, as: Int.self) else {
        blackouts.insert(day)
        continue
      }
      taken[day] = count
      if let end = try row.decodeIfPresent(2, as: Timestamp.self) { holdsUntil = min(end, holdsUntil ?? end) }
    }
    return MonthOccupancy(taken: taken, blackouts: blackouts, holdsUntil: holdsUntil)
  }

  /// Days with live bookings, how many, and when the first hold runs out; then blackouts, without a count.
  private static let occupancy = PostgresStatement(
    """
    SELECT live_on, count(*), min(expires_at) FILTER (WHERE status = 'PENDING')
    FROM bookings
    WHERE tenant_id = $1 AND live_on >= $2 AND live_on < $3 AND (status = 'CONFIRMED' OR expires_at > $4)
    GROUP BY live_on
    UNION ALL
    SELECT date, NULL, NULL FROM blackouts WHERE tenant_id = $1 AND date >= $2 AND date < $3
    """, name: "availability.month")
}
