package import Caching
package import Kernel

/// What staff do with blackouts. Every write makes the caches right before it returns.
package struct BlackoutEditor: Sendable {
  private let repository: any BlackoutRepositoryPort
  private let cache: any CacheServicePort
  private let clock: any WallClock
  private let newID: IDGenerator

  /// An editor over a repository.
  package init(
    repository: any BlackoutRepositoryPort, cache: any CacheServicePort, clock: any WallClock, newID: IDGenerator
  ) {
    self.repository = repository
    self.cache = cache
    self.clock = clock
    self.newID = newID
  }

  /// What the cursors of the list are bound to.
  package static let list = "staff.blackouts"

  /// The blackout by identifier or day. Throws `notFound`.
  package func find(_ tenant: TenantID, _ reference: BlackoutReference) async throws -> Blackout {
    guard let blackout = try await repository.find(tenant, reference) else { throw DomainError.notFound("blackout") }
    return blackout
  }

  /// A page of all blackouts by day.
  package func list(_ tenant: TenantID, _ page: PageRequest) async throws -> Page<Blackout.View> {
    Page(
      try await repository.list(tenant, page), limit: page.limit, list: Self.list, place: \.place, view: \.view)
  }

  /// Adds a blackout. Throws `dateTaken`.
  package func create(_ tenant: TenantID, _ fields: Blackout.Fields) async throws -> Blackout {
    try await cache.changeUnlessRefused(AvailabilityService.tags(tenant, [fields.date])) {
      .committed(try await repository.insert(tenant, id: newID(), fields, at: clock.now()))
    }
  }

  /// Changes a blackout. Throws `notFound`, `preconditionFailed` and `dateTaken`.
  package func update(
    _ tenant: TenantID, _ reference: BlackoutReference, if isAllowed: @Sendable (Blackout) throws -> Bool,
    change: @Sendable (Blackout.Fields) throws -> Blackout.Fields
  ) async throws -> Blackout {
    try await write(tenant, reference, if: isAllowed, dates: { [$0.date, try change($0).date] }) { blackout in
      try await repository.update(
        tenant, id: blackout.id, version: blackout.version, change(blackout.fields), at: clock.now())
    }
  }

  /// Removes a blackout. Throws `notFound` and `preconditionFailed`.
  package func delete(
    _ tenant: TenantID, _ reference: BlackoutReference, if isAllowed: @Sendable (Blackout) throws -> Bool
  ) async throws {
    try await write(tenant, reference, if: isAllowed, dates: { [$0.date] }) { blackout in
      try await repository.delete(tenant, id: blackout.id, version: blackout.version) ? () : nil
    }
  }

  /// Which months become stale depends on the record, so it is read first; when another writer comes between, all is done
  /// anew on what that one left.
  private func write<Result: Sendable>(
    _ tenant: TenantID, _ reference: BlackoutReference, if isAllowed: @Sendable (Blackout) throws -> Bool,
    dates: @Sendable (Blackout.Fields) throws -> [CalendarDate], body: @Sendable (Blackout) async throws -> Result?
  ) async throws -> Result {
    while true {
      try Task.checkCancellation()
      let blackout = try await find(tenant, reference)
      guard try isAllowed(blackout) else {
        throw DomainError(.preconditionFailed, "The blackout has changed since the version you name.")
      }
      let tags = AvailabilityService.tags(tenant, try dates(blackout.fields))
      let result = try await cache.changeUnlessRefused(tags) { () -> CacheChange<Result?> in
        guard let result = try await body(blackout) else { return .unchanged(nil) }
        return .committed(result)
      }
      if let result { return result }
    }
  }
}
