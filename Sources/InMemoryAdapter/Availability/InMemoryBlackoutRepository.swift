package import AvailabilityDomain
package import Kernel

/// Blackouts in memory.
package struct InMemoryBlackoutRepository: BlackoutRepositoryPort {
  private let database: InMemoryDatabase

  /// A repository over a database.
  package init(database: InMemoryDatabase) { self.database = database }

  package func find(_ tenant: TenantID, _ reference: BlackoutReference) async throws -> Blackout? {
    database.read(tenant) { tables in
      switch reference {
      case .id(let id): tables.blackouts[id]
      case .date(let date): tables.blackouts[date]
      }
    }
  }

  package func list(_ tenant: TenantID, _ page: PageRequest) async throws -> [Blackout] {
    try database.read(tenant) { $0.blackouts }.all.checkedPage(page, by: \.place)
  }

  package func insert(
    _ tenant: TenantID, id: ID<Blackout>, _ fields: Blackout.Fields, at time: Timestamp
  ) async throws -> Blackout {
    try database.write(tenant) { (tables) throws(DomainError) in
      guard tables.blackouts[id] == nil else {
        throw DomainError(.internalError, "The identifier of the blackout is in use.")
      }
      return try Self.put(Blackout(id: id, version: 1, fields: fields, createdAt: time, updatedAt: time), in: &tables)
    }
  }

  package func update(
    _ tenant: TenantID, id: ID<Blackout>, version: Int, _ fields: Blackout.Fields, at time: Timestamp
  ) async throws -> Blackout? {
    try database.write(tenant) { (tables) throws(DomainError) in
      guard let old = tables.blackouts[id], old.version == version else { return nil }
      return try Self.put(
        Blackout(id: id, version: version + 1, fields: fields, createdAt: old.createdAt, updatedAt: time), in: &tables)
    }
  }

  package func delete(_ tenant: TenantID, id: ID<Blackout>, version: Int) async throws -> Bool {
    database.write(tenant) { tables in
      guard tables.blackouts[id]?.version == version else { return false }
      tables.blackouts.remove(id)
      return true
    }
  }

  private static func put(_ blackout: Blackout, in tables: inout TenantTables) throws(DomainError) -> Blackout {
    let date = blackout.fields.date
    if let other = tables.blackouts[date], other.id != blackout.id {
      throw DomainError(.dateTaken, "There is a blackout on \(date) already.")
    }
    guard tables.bookings.liveCount(on: date, at: blackout.updatedAt) == 0 else {
      throw DomainError(.dateTaken, "There are bookings on \(date).")
    }
    // Else a hold that is being confirmed at this moment would come to share the day.
    tables.bookings.expireHolds(on: date, at: blackout.updatedAt)
    tables.blackouts.put(blackout)
    return blackout
  }
}
