package import BookingsDomain
package import Kernel

/// Bookings that fail every call but those that a test gives an answer to.
package struct FailingBookingRepository: BookingRepositoryPort {
  /// Everything that a call of `book` hands in, but for the identifier of a new customer.
  package struct BookCall: Sendable {
    package let tenant: TenantID
    package let booking: Booking
    package let key: IdempotencyKey
    package let answer: Booking.View
    package let capacity: Int
  }

  /// Answers `book`.
  package var onBook: @Sendable (BookCall) async throws -> BookingReceipt = { _ in throw UnexpectedCall("book") }
  /// Answers `receipt`.
  package var onReceipt: @Sendable (TenantID, IdempotencyKey, Timestamp) async throws -> Booking.View? = { _, _, _ in
    throw UnexpectedCall("receipt")
  }
  /// Answers `find`.
  package var onFind: @Sendable (TenantID, ID<Booking>) async throws -> Booking? = { _, _ in
    throw UnexpectedCall("find")
  }
  /// Answers `replace`.
  package var onReplace: @Sendable (TenantID, Booking, BookingStatus) async throws -> Bool = { _, _, _ in
    throw UnexpectedCall("replace")
  }
  /// Answers `list`.
  package var onList: @Sendable (TenantID, BookingQuery, Timestamp, CalendarDate) async throws -> [Booking] = {
    _, _, _, _ in throw UnexpectedCall("list")
  }
  /// Answers `customers`.
  package var onCustomers: @Sendable (TenantID, PageRequest) async throws -> [Customer] = { _, _ in
    throw UnexpectedCall("customers")
  }
  /// Answers `counts`.
  package var onCounts: @Sendable (TenantID, ClosedRange<CalendarDate>) async throws -> [BookingCount] = { _, _ in
    throw UnexpectedCall("counts")
  }
  /// Answers `sweep`.
  package var onSweep: @Sendable (Timestamp) async throws -> [ReleasedDate] = { _ in throw UnexpectedCall("sweep") }

  /// A repository that fails every call.
  package init() {}

  package func book(
    _ tenant: TenantID, _ booking: Booking, customer: ID<Customer>, key: IdempotencyKey, answer: Booking.View,
    capacity: Int
  ) async throws -> BookingReceipt {
    try await onBook(BookCall(tenant: tenant, booking: booking, key: key, answer: answer, capacity: capacity))
  }

  package func receipt(_ tenant: TenantID, _ key: IdempotencyKey, at time: Timestamp) async throws -> Booking.View? {
    try await onReceipt(tenant, key, time)
  }

  package func find(_ tenant: TenantID, _ id: ID<Booking>) async throws -> Booking? { try await onFind(tenant, id) }

  package func replace(_ tenant: TenantID, _ booking: Booking, expected: BookingStatus) async throws -> Bool {
    try await onReplace(tenant, booking, expected)
  }

  package func list(
    _ tenant: TenantID, _ query: BookingQuery, at time: Timestamp, today: CalendarDate
  ) async throws -> [Booking] {
    try await onList(tenant, query, time, today)
  }

  package func customers(_ tenant: TenantID, _ page: PageRequest) async throws -> [Customer] {
    try await onCustomers(tenant, page)
  }

  package func counts(
    _ tenant: TenantID, madeOn days: ClosedRange<CalendarDate>
  ) async throws -> [BookingCount] { try await onCounts(tenant, days) }

  package func sweep(at time: Timestamp) async throws -> [ReleasedDate] { try await onSweep(time) }
}
