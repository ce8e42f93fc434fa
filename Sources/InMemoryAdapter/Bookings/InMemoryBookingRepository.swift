package import BookingsDomain
package import Kernel
import TenancyDomain

/// Bookings and customers in memory.
package struct InMemoryBookingRepository: BookingRepositoryPort {
  private let database: InMemoryDatabase

  /// A repository over a database.
  package init(database: InMemoryDatabase) { self.database = database }

  /// Never throws `idempotencyInFlight`: a call is one step under the tenant's lock, so none is ever half done.
  package func book(
    _ tenant: TenantID, _ booking: Booking, customer: ID<Customer>, key: IdempotencyKey, answer: Booking.View,
    capacity: Int
  ) async throws -> BookingReceipt {
    try database.write(tenant) { (tables) throws(DomainError) in
      let now = booking.createdAt
      if let kept = try tables.bookings.answer(to: key, at: now) { return .replayed(kept) }
      guard tables.blackouts[booking.date] == nil,
        tables.bookings.liveCount(on: booking.date, at: now) < capacity
      else { throw DomainError(.dateUnavailable, "The date \(booking.date) is not available.") }
      guard tables.bookings.bookings[booking.id] == nil else {
        throw DomainError(.internalError, "The identifier of the booking is in use.")
      }
      // Else a hold that is being confirmed at this moment would come on top of the capacity.
      tables.bookings.expireHolds(on: booking.date, at: now)
      tables.bookings.put(booking)
      tables.bookings.noteCustomer(of: booking, id: customer)
      tables.bookings.keep(answer, for: key, from: now)
      return .created(answer)
    }
  }

  package func receipt(
    _ tenant: TenantID, _ key: IdempotencyKey, at time: Timestamp
  ) async throws -> Booking.View? {
    try database.read(tenant) { (tables) throws(DomainError) in try tables.bookings.answer(to: key, at: time) }
  }

  package func find(_ tenant: TenantID, _ id: ID<Booking>) async throws -> Booking? {
    database.read(tenant) { $0.bookings.bookings[id] }
  }

  package func replace(_ tenant: TenantID, _ booking: Booking, expected: BookingStatus) async throws -> Bool {
    database.write(tenant) { tables in
      guard tables.bookings.bookings[booking.id]?.storedStatus == expected else { return false }
      tables.bookings.put(booking)
      return true
    }
  }

  package func list(
    _ tenant: TenantID, _ query: BookingQuery, at time: Timestamp, today: CalendarDate
  ) async throws -> [Booking] {
    let tables = database.read(tenant) { $0.bookings }
    let address = query.customer.map { tables.customers[$0]?.contact.email.lowercased() }
    let matching = tables.bookings.values.filter { booking in
      (query.status == nil || booking.status(at: time, today: today) == query.status)
        && (query.from.map { $0 <= booking.date } ?? true) && (query.to.map { booking.date <= $0 } ?? true)
        && (query.confirmedFrom.map { from in booking.confirmedAt.map { from <= $0 } ?? false } ?? true)
        && (query.confirmedTo.map { to in booking.confirmedAt.map { $0 < to } ?? false } ?? true)
        && (address.map { $0 == booking.customer.email.lowercased() } ?? true)
    }
    return try matching.checkedPage(query.page, by: \.place)
  }

  package func customers(_ tenant: TenantID, _ page: PageRequest) async throws -> [Customer] {
    try database.read(tenant) { $0.bookings.customers }.values.checkedPage(page, by: \.place)
  }

  package func counts(
    _ tenant: TenantID, madeOn days: ClosedRange<CalendarDate>
  ) async throws -> [BookingCount] {
    let made = database.read(tenant) { $0.bookings.bookings }.values.compactMap { booking -> BookingCount? in
      let day = CalendarDate(dayNumber: Int(booking.createdAt.milliseconds / 86_400_000))
      let slug = booking.package.slug.description
      return days.contains(day) ? BookingCount(package: slug, day: day, bookings: 1) : nil
    }
    return Dictionary(grouping: made) { $0 }.map { one, all in
      BookingCount(package: one.package, day: one.day, bookings: all.count)
    }
  }

  /// One step for each tenant. Days are over by the calendar of the tenant, so they stay as they are for one that was
  /// never inserted.
  package func sweep(at time: Timestamp) async throws -> [ReleasedDate] {
    let zones = database.withDirectory { $0.tenants.mapValues(\.timeZone) }
    return database.tenantsWithData().flatMap { tenant in
      database.write(tenant) { tables in
        tables.bookings.forgetAnswers(at: time)
        if let today = zones[tenant]?.date(at: time) { tables.bookings.completePast(before: today) }
        return tables.bookings.expireHolds(at: time).map { ReleasedDate(tenant: tenant, date: $0) }
      }
    }
  }
}
