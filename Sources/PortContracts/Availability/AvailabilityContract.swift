package import AvailabilityDomain
package import BookingsDomain
import Kernel

/// What every ``AvailabilityRepositoryPort`` and ``BlackoutRepositoryPort`` keep, with the bookings of one database.
package struct AvailabilityContract: Sendable {
  let availability: any AvailabilityRepositoryPort
  let blackouts: any BlackoutRepositoryPort
  let bookings: any BookingRepositoryPort
  let tenant: TenantID
  let other: TenantID

  /// A subject of the rules: ports on one database.
  package init(
    availability: any AvailabilityRepositoryPort, blackouts: any BlackoutRepositoryPort,
    bookings: any BookingRepositoryPort, tenants: TenantPair
  ) {
    self.availability = availability
    self.blackouts = blackouts
    self.bookings = bookings
    tenant = tenants.tenant
    other = tenants.other
  }

  /// The rules of ``AvailabilityRepositoryPort``.
  package static let occupancyRules = takenRules + holdRules + stateRules

  func occupancy(_ month: CalendarMonth? = nil, at time: Timestamp = Fixtures.time) async throws -> MonthOccupancy {
    try await availability.occupancy(tenant, month ?? Fixtures.date.month, at: time)
  }

  @discardableResult
  func black(
    out date: CalendarDate, reason: String? = nil, at time: Timestamp = Fixtures.time, for owner: TenantID? = nil
  ) async throws -> Blackout {
    try await blackouts.insert(
      owner ?? tenant, id: Fixtures.id(), Blackout.Fields(date: date, reason: reason), at: time)
  }

  func move(
    _ blackout: Blackout, to date: CalendarDate, at time: Timestamp = Fixtures.time
  ) async throws -> Blackout? {
    try await blackouts.update(
      tenant, id: blackout.id, version: blackout.version, Blackout.Fields(date: date), at: time)
  }
}
