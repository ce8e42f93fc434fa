package import BookingsDomain
package import Kernel

/// Steps that rules are made of.
extension BookingRepositoryPort {
  /// Books with a new customer and a key of its own, unless one is given.
  @discardableResult
  package func book(
    _ tenant: TenantID, _ booking: Booking, key: IdempotencyKey = Fixtures.idempotencyKey(), capacity: Int = 1
  ) async throws -> BookingReceipt {
    try await book(
      tenant, booking, customer: Fixtures.id(), key: key, answer: Fixtures.answer(to: booking), capacity: capacity)
  }

  /// Books, and confirms it.
  @discardableResult
  package func bookFirmly(_ tenant: TenantID, _ booking: Booking, capacity: Int = 1) async throws -> Booking {
    try await book(tenant, booking, capacity: capacity)
    try requireEqual(try await perform(.confirm, tenant, booking), true, "the confirmation")
    return booking.applying(.confirm, reason: nil, at: Fixtures.time)
  }

  /// Confirms or cancels a booking if it is still as it is given; tells whether it did.
  package func perform(_ action: BookingAction, _ tenant: TenantID, _ booking: Booking) async throws -> Bool {
    try await replace(
      tenant, booking.applying(action, reason: nil, at: Fixtures.time), expected: booking.storedStatus)
  }

  /// The status that is stored of a booking.
  package func storedStatus(_ tenant: TenantID, _ booking: Booking) async throws -> BookingStatus {
    try requireValue(try await find(tenant, booking.id), "the booking").storedStatus
  }

  /// How many bookings of a day are stored as live.
  package func storedLiveCount(_ tenant: TenantID, on date: CalendarDate) async throws -> Int {
    let query = BookingQuery(from: date, to: date, page: PageRequest(limit: 100))
    return try await list(tenant, query, at: Fixtures.time, today: date).filter(\.storedStatus.isLive).count
  }
}
