package import AvailabilityDomain
package import Kernel

/// Which days are taken, from the bookings and blackouts in memory.
package struct InMemoryAvailabilityRepository: AvailabilityRepositoryPort {
  private let database: InMemoryDatabase

  /// A repository over a database.
  package init(database: InMemoryDatabase) { self.database = database }

  package func occupancy(
    _ tenant: TenantID, _ month: CalendarMonth, at time: Timestamp
  ) async throws -> MonthOccupancy {
    database.read(tenant) { tables in
      var taken: [Int: Int] = [:]
      var blackouts: Set<Int> = []
      var holdsUntil: Timestamp?
      for date in month.days {
        let day = date.parts.day
        if tables.blackouts[date] != nil { blackouts.insert(day) }
        let live = tables.bookings.live(on: date, at: time)
        if live.count > 0 { taken[day] = live.count }
        if let end = live.holdsUntil { holdsUntil = min(end, holdsUntil ?? end) }
      }
      return MonthOccupancy(taken: taken, blackouts: blackouts, holdsUntil: holdsUntil)
    }
  }
}
