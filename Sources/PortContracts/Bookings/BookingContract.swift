package import AvailabilityDomain
package import BookingsDomain
import Kernel

/// What every ``BookingRepositoryPort`` keeps, but for its sweep; see ``SweepContract``.
package struct BookingContract: Sendable {
  let repository: any BookingRepositoryPort
  let blackouts: any BlackoutRepositoryPort
  let tenant: TenantID
  let other: TenantID

  /// A subject of the rules: ports on one database.
  package init(
    repository: any BookingRepositoryPort, blackouts: any BlackoutRepositoryPort, tenants: TenantPair
  ) {
    self.repository = repository
    self.blackouts = blackouts
    tenant = tenants.tenant
    other = tenants.other
  }

  /// All rules.
  package static let rules =
    recordRules + capacityRules + overdueRules + keyRules + keyRaceRules + replaceRules + listRules + customerRules
    + countRules

  static let recordRules: [ContractRule<Self>] = [
    ContractRule("A booking is found as it was stored, and its call is answered with the answer given") { subject in
      let booking = Fixtures.booking()
      let receipt = try await subject.book(booking)
      try requireEqual(receipt, .created(Fixtures.answer(to: booking)), "the receipt")
      try requireEqual(try await subject.find(booking), booking, "the booking")
      let plain = Booking(
        id: Fixtures.id(), date: Fixtures.date.advanced(byDays: 1), package: booking.package, addOns: [], venue: nil,
        customer: CustomerContact(name: "Bo", email: "bo@example.com", phone: "+1 902 555 0100"),
        currency: booking.currency, notes: nil, createdAt: booking.createdAt, expiresAt: booking.expiresAt,
        accessToken: booking.accessToken)
      try await subject.book(plain)
      try requireEqual(try await subject.find(plain), plain, "the booking without add-ons, venue and notes")
    },
    ContractRule("A booking that is not there is not found") { subject in
      try await subject.book(Fixtures.booking())
      try requireEqual(try await subject.find(Fixtures.booking()), nil, "the booking")
    },
    ContractRule("Another tenant's booking cannot be found, listed or replaced, nor its customer listed") { subject in
      let booking = Fixtures.booking()
      try await subject.book(booking)
      let (repository, other) = (subject.repository, subject.other)
      try requireEqual(try await repository.find(other, booking.id), nil, "the booking")
      try requireEqual(try await subject.list(of: other), [], "the list")
      try requireEqual(try await repository.customers(other, PageRequest()), [], "the customers")
      try requireEqual(try await repository.perform(.cancel, other, booking), false, "the cancellation")
      try requireEqual(try await subject.find(booking), booking, "the booking")
    },
    ContractRule("A refused call keeps nothing: no booking, no customer, no answer") { subject in
      try await subject.book(Fixtures.booking(email: "first@example.com"))
      let (refused, key) = (Fixtures.booking(email: "second@example.com"), Fixtures.idempotencyKey())
      try await requireRefusal(.dateUnavailable) { try await subject.book(refused, key: key) }
      try requireEqual(try await subject.find(refused), nil, "the booking")
      let customers = try await subject.repository.customers(subject.tenant, PageRequest()).map(\.contact.email)
      try requireEqual(customers, ["first@example.com"], "the customers")
      try requireEqual(try await subject.repository.receipt(subject.tenant, key, at: Fixtures.time), nil, "the answer")
    },
  ]
}

extension BookingContract {
  @discardableResult
  func book(
    _ booking: Booking, key: IdempotencyKey = Fixtures.idempotencyKey(), capacity: Int = 1
  ) async throws -> BookingReceipt {
    try await repository.book(tenant, booking, key: key, capacity: capacity)
  }

  func find(_ booking: Booking) async throws -> Booking? { try await repository.find(tenant, booking.id) }

  /// The bookings that match, as they are at `time` in UTC.
  func list(
    _ query: BookingQuery = BookingQuery(), at time: Timestamp = Fixtures.time, of owner: TenantID? = nil
  ) async throws -> [Booking] {
    let today = Fixtures.timeZone("UTC").date(at: time)
    return try await repository.list(owner ?? tenant, query, at: time, today: today)
  }
}
