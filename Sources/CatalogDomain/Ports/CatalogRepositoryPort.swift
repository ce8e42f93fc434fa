package import Kernel

/// Where one kind of catalog record is kept, as staff work with it.
///
/// Every call is one transaction. Another tenant's records do not exist for it.
package protocol CatalogRepositoryPort<Entity>: Sendable {
  associatedtype Entity: CatalogEntity

  /// The record by identifier or slug, whatever its status.
  func find(_ tenant: TenantID, _ reference: CatalogReference<Entity>) async throws -> Entity?

  /// A page of all records in order of creation, and one more when the list goes on.
  func list(_ tenant: TenantID, _ page: PageRequest) async throws -> [Entity]

  /// Adds a record with version 1. Throws `slugTaken`, and `validationFailed` with the field for a slug of a record that
  /// does not exist.
  func insert(_ tenant: TenantID, id: ID<Entity>, _ fields: Entity.Fields, at time: Timestamp) async throws -> Entity

  /// Replaces the fields of a record if it still has that version; nil when it has not, or has gone. Throws as
  /// ``insert(_:id:_:at:)`` does, but where fields name the same others as those of `entity` do, these stay named: renamed
  /// since, they are shown by their new slugs, removed, no longer.
  func update(
    _ tenant: TenantID, _ entity: Entity, _ fields: Entity.Fields, at time: Timestamp
  ) async throws -> Entity?

  /// Removes a record if it still has that version; tells whether it did. Throws `segmentInUse` for a segment that
  /// packages or add-ons name. An add-on disappears from the packages that name it.
  func delete(_ tenant: TenantID, _ entity: Entity) async throws -> Bool
}

extension CatalogEntity {
  /// Where a record stands in the staff's list: in order of creation, since identifiers grow with time.
  package var creationPlace: SortPlace { SortPlace([.text(id.description)]) }
}
