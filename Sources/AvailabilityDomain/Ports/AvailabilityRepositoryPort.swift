package import Kernel

/// Where it is known which days are taken.
package protocol AvailabilityRepositoryPort: Sendable {
  /// The occupancy of a month at `time`, read in one consistent state. A booking counts when it is pending with a hold
  /// that has not run out, or confirmed.
  func occupancy(_ tenant: TenantID, _ month: CalendarMonth, at time: Timestamp) async throws -> MonthOccupancy
}

/// Where blackouts are kept. Every call is one transaction; another tenant's blackouts do not exist for it.
package protocol BlackoutRepositoryPort: Sendable {
  /// The blackout by identifier or day.
  func find(_ tenant: TenantID, _ reference: BlackoutReference) async throws -> Blackout?

  /// A page of all blackouts by day, and one more when the list goes on.
  func list(_ tenant: TenantID, _ page: PageRequest) async throws -> [Blackout]

  /// Adds a blackout with version 1. Throws `dateTaken` when the day has one, or a live booking: a blackout and a booking
  /// never share a day.
  func insert(
    _ tenant: TenantID, id: ID<Blackout>, _ fields: Blackout.Fields, at time: Timestamp
  ) async throws -> Blackout

  /// Replaces the fields if the version is still `version`; nil when it is not. Throws as
  /// ``insert(_:id:_:at:)`` does.
  func update(
    _ tenant: TenantID, id: ID<Blackout>, version: Int, _ fields: Blackout.Fields, at time: Timestamp
  ) async throws -> Blackout?

  /// Removes a blackout if its version is still `version`; tells whether it did.
  func delete(_ tenant: TenantID, id: ID<Blackout>, version: Int) async throws -> Bool
}

extension Blackout {
  /// Where a blackout stands in the list: by day. No two of a tenant share one.
  package var place: SortPlace { SortPlace([.text(fields.date.description)]) }
}
