package import Caching
package import Kernel

/// What staff do with one kind of catalog record. Every write makes the caches right before it returns.
package struct CatalogEditor<Entity: CatalogEntity>: Sendable {
  private let repository: any CatalogRepositoryPort<Entity>
  private let cache: any CacheServicePort
  private let clock: any WallClock
  private let newID: IDGenerator
  private let onWrite: @Sendable (TenantID, Entity?) async -> Void

  /// An editor over a repository.
  /// - Parameter onWrite: called before a write returns, with the record as it is now, nil when it is gone.
  package init(
    repository: any CatalogRepositoryPort<Entity>, cache: any CacheServicePort, clock: any WallClock,
    newID: IDGenerator, onWrite: @escaping @Sendable (TenantID, Entity?) async -> Void = { _, _ in }
  ) {
    self.repository = repository
    self.cache = cache
    self.clock = clock
    self.newID = newID
    self.onWrite = onWrite
  }

  /// The record by identifier or slug. Throws `notFound`.
  package func find(_ tenant: TenantID, _ reference: CatalogReference<Entity>) async throws -> Entity {
    guard let entity = try await repository.find(tenant, reference) else { throw DomainError.notFound(Entity.name) }
    return entity
  }

  /// A page of all records, whatever their status, in order of creation.
  package func list(_ tenant: TenantID, _ page: PageRequest) async throws -> Page<Entity.View> {
    Page(
      try await repository.list(tenant, page), limit: page.limit, list: Self.list, place: \.creationPlace,
      view: { $0.view(for: .staff) })
  }

  /// What the cursors of this list are bound to.
  package static var list: String { "staff." + Entity.name }

  /// Adds a record. Throws `slugTaken` and `validationFailed`.
  package func create(_ tenant: TenantID, _ fields: Entity.Fields) async throws -> Entity {
    let entity = try await cache.changeUnlessRefused(tags(tenant, [fields])) {
      .committed(try await repository.insert(tenant, id: newID(), fields, at: clock.now()))
    }
    await onWrite(tenant, entity)
    return entity
  }

  /// Changes a record as it is at that moment: when another writer comes between, the change is made anew on what that
  /// one left. Throws `notFound`, `preconditionFailed`, `slugTaken` and `validationFailed`.
  /// - Parameters:
  ///   - isAllowed: whether the record is still the version the client knows.
  ///   - change: makes the new fields out of the present ones.
  package func update(
    _ tenant: TenantID, _ reference: CatalogReference<Entity>, if isAllowed: @Sendable (Entity) throws -> Bool,
    change: @Sendable (Entity.Fields) throws -> Entity.Fields
  ) async throws -> Entity {
    while true {
      let entity = try await find(tenant, reference, if: isAllowed)
      let fields = try change(entity.fields)
      let changed = try await cache.changeUnlessRefused(tags(tenant, [entity.fields, fields])) {
        let changed = try await repository.update(tenant, entity, fields, at: clock.now())
        return changed.map { .committed($0) } ?? .unchanged(nil)
      }
      guard let changed else { continue }
      await onWrite(tenant, changed)
      return changed
    }
  }

  /// Removes a record. Throws `notFound`, `preconditionFailed` and `segmentInUse`.
  package func delete(
    _ tenant: TenantID, _ reference: CatalogReference<Entity>, if isAllowed: @Sendable (Entity) throws -> Bool
  ) async throws {
    while true {
      let entity = try await find(tenant, reference, if: isAllowed)
      let isDeleted = try await cache.changeUnlessRefused(tags(tenant, [entity.fields])) {
        try await repository.delete(tenant, entity) ? .committed(true) : .unchanged(false)
      }
      if isDeleted { return await onWrite(tenant, nil) }
    }
  }

  private func find(
    _ tenant: TenantID, _ reference: CatalogReference<Entity>, if isAllowed: (Entity) throws -> Bool
  ) async throws -> Entity {
    try Task.checkCancellation()
    let entity = try await find(tenant, reference)
    guard try isAllowed(entity) else {
      throw DomainError(.preconditionFailed, "The \(Entity.name) has changed since the version you name.")
    }
    return entity
  }

  private func tags(_ tenant: TenantID, _ fields: [Entity.Fields]) -> [CacheTag] {
    Entity.tags(of: fields).map { .named($0, .tenant(tenant)) }
  }
}
