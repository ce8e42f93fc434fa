package import Kernel

/// Where bookings and customers are kept.
///
/// Every call is one transaction. Another tenant's bookings do not exist for it. "Live" means pending with a hold that has
/// not run out, or confirmed; only live bookings take a date.
package protocol BookingRepositoryPort: Sendable {
  /// Stores a new booking if its date has room, with the customer and the answer for its idempotency key, all or nothing.
  ///
  /// Of any number of calls at once for a date with room for n, exactly n succeed. An overdue hold of that date gives way
  /// in the same step. Of calls at once with one key, one is carried out.
  /// - Parameters:
  ///   - answer: kept under the key for ``IdempotencyKey/lifetime``.
  ///   - capacity: most live bookings of a day.
  /// - Returns: the answer now stored, or the one stored by the call that used the key first.
  /// - Throws: `dateUnavailable` when the day is full or blacked out, `idempotencyInFlight` when another call with the key
  ///   has not ended, `idempotencyMismatch` when the key was used for another request. Nothing is kept then.
  func book(
    _ tenant: TenantID, _ booking: Booking, customer: ID<Customer>, key: IdempotencyKey, answer: Booking.View,
    capacity: Int
  ) async throws -> BookingReceipt

  /// The answer kept for a key, if it is still remembered. Throws `idempotencyMismatch` and `idempotencyInFlight`.
  func receipt(_ tenant: TenantID, _ key: IdempotencyKey, at time: Timestamp) async throws -> Booking.View?

  /// The booking.
  func find(_ tenant: TenantID, _ id: ID<Booking>) async throws -> Booking?

  /// Puts `booking` in place of the stored one if the stored status is still `expected`; tells whether it did.
  func replace(_ tenant: TenantID, _ booking: Booking, expected: BookingStatus) async throws -> Bool

  /// A page of bookings that match, newest first, and one more when the list goes on. Statuses are those at `time`.
  func list(
    _ tenant: TenantID, _ query: BookingQuery, at time: Timestamp, today: CalendarDate
  ) async throws -> [Booking]

  /// A page of customers, newest first, and one more when the list goes on.
  func customers(_ tenant: TenantID, _ page: PageRequest) async throws -> [Customer]

  /// How many bookings were made of each package on each day of a range (UTC), whatever became of them, by the slug the
  /// package had then. What there was none of is left out.
  func counts(_ tenant: TenantID, madeOn days: ClosedRange<CalendarDate>) async throws -> [BookingCount]

  /// Stores that overdue holds have expired, that confirmed days are over, and forgets idempotency keys past their
  /// lifetime, for every tenant. Returns the dates that holds gave back.
  func sweep(at time: Timestamp) async throws -> [ReleasedDate]
}

/// How a call of ``BookingRepositoryPort/book(_:_:customer:key:answer:capacity:)`` ended well.
package enum BookingReceipt: Sendable, Equatable {
  case created(Booking.View)
  case replayed(Booking.View)
}

/// How many bookings of one package were made on one day.
package struct BookingCount: Sendable, Hashable {
  /// The slug of the package.
  package let package: String
  package let day: CalendarDate
  package let bookings: Int

  package init(package: String, day: CalendarDate, bookings: Int) {
    self.package = package
    self.day = day
    self.bookings = bookings
  }
}

/// A date that an expired hold gave back.
package struct ReleasedDate: Sendable, Hashable {
  package let tenant: TenantID
  package let date: CalendarDate

  package init(tenant: TenantID, date: CalendarDate) {
    self.tenant = tenant
    self.date = date
  }
}
