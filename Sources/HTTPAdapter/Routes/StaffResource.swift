import AvailabilityDomain
import CatalogDomain
import Kernel

/// One kind of record as staff manage it over HTTP, named by a text in the address.
protocol StaffResource: Sendable {
  associatedtype Record: Sendable
  associatedtype Fields: BodyFields
  associatedtype View: Codable & Sendable

  /// What the cursors of the list are bound to.
  static var list: String { get }

  func list(_ tenant: TenantID, _ page: PageRequest) async throws -> Page<View>
  func find(_ tenant: TenantID, _ reference: String) async throws -> Record
  func create(_ tenant: TenantID, _ fields: Fields) async throws -> Record
  func update(
    _ tenant: TenantID, _ reference: String, if isAllowed: @Sendable (Record) throws -> Bool,
    change: @Sendable (Fields) throws -> Fields
  ) async throws -> Record
  func delete(_ tenant: TenantID, _ reference: String, if isAllowed: @Sendable (Record) throws -> Bool) async throws

  /// The wire form for staff.
  func view(_ record: Record) -> View
  /// Every wire form whose tag names this version.
  func versions(_ record: Record) -> [View]
  func id(_ record: Record) -> String
}

/// Catalog records, by identifier or slug.
struct CatalogResource<Entity: CatalogEntity>: StaffResource where Entity.Fields: BodyFields {
  static var list: String { CatalogEditor<Entity>.list }

  let editor: CatalogEditor<Entity>

  func list(_ tenant: TenantID, _ page: PageRequest) async throws -> Page<Entity.View> {
    try await editor.list(tenant, page)
  }

  func find(_ tenant: TenantID, _ reference: String) async throws -> Entity {
    try await editor.find(tenant, CatalogReference(reference))
  }

  func create(_ tenant: TenantID, _ fields: Entity.Fields) async throws -> Entity {
    try await editor.create(tenant, fields)
  }

  func update(
    _ tenant: TenantID, _ reference: String, if isAllowed: @Sendable (Entity) throws -> Bool,
    change: @Sendable (Entity.Fields) throws -> Entity.Fields
  ) async throws -> Entity {
    try await editor.update(tenant, CatalogReference(reference), if: isAllowed, change: change)
  }

  func delete(
    _ tenant: TenantID, _ reference: String, if isAllowed: @Sendable (Entity) throws -> Bool
  ) async throws {
    try await editor.delete(tenant, CatalogReference(reference), if: isAllowed)
  }

  func view(_ record: Entity) -> Entity.View { record.view(for: .staff) }
  func versions(_ record: Entity) -> [Entity.View] { Audience.allCases.map { record.view(for: $0) } }
  func id(_ record: Entity) -> String { record.id.description }
}

/// Blackouts, by identifier or day.
struct BlackoutResource: StaffResource {
  static let list = BlackoutEditor.list

  let editor: BlackoutEditor

  func list(_ tenant: TenantID, _ page: PageRequest) async throws -> Page<Blackout.View> {
    try await editor.list(tenant, page)
  }

  func find(_ tenant: TenantID, _ reference: String) async throws -> Blackout {
    try await editor.find(tenant, try Self.reference(reference))
  }

  func create(_ tenant: TenantID, _ fields: Blackout.Fields) async throws -> Blackout {
    try await editor.create(tenant, fields)
  }

  func update(
    _ tenant: TenantID, _ reference: String, if isAllowed: @Sendable (Blackout) throws -> Bool,
    change: @Sendable (Blackout.Fields) throws -> Blackout.Fields
  ) async throws -> Blackout {
    try await editor.update(tenant, try Self.reference(reference), if: isAllowed, change: change)
  }

  func delete(
    _ tenant: TenantID, _ reference: String, if isAllowed: @Sendable (Blackout) throws -> Bool
  ) async throws {
    try await editor.delete(tenant, try Self.reference(reference), if: isAllowed)
  }

  func view(_ record: Blackout) -> Blackout.View { record.view }
  func versions(_ record: Blackout) -> [Blackout.View] { [record.view] }
  func id(_ record: Blackout) -> String { record.id.description }

  private static func reference(_ text: String) throws -> BlackoutReference {
    guard let reference = BlackoutReference(text) else { throw DomainError.notFound("blackout") }
    return reference
  }
}
