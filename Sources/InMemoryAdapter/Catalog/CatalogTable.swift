import CatalogDomain
import Kernel

/// A catalog record as it is kept: it names others by identifier, so that it shows their slugs of today.
protocol CatalogRow: Sendable {
  associatedtype Entity: CatalogEntity

  /// Where such rows are.
  static var table: WritableKeyPath<CatalogTables, CatalogTable<Self>> { get }

  var id: ID<Entity> { get }
  var version: Int { get }
  var createdAt: Timestamp { get }
  /// The name by which it can be asked for, where such records have one.
  var slug: String? { get }

  /// A row of what a client wrote. Throws `validationFailed` for a slug that names nothing.
  init(_ stamp: RowStamp<Entity>, _ fields: Entity.Fields, in tables: CatalogTables) throws(DomainError)

  /// The record, with what it names.
  func entity(in tables: CatalogTables) -> Entity

  /// What a client wrote, with the slugs of now where it names the others that were named in what the client read.
  func keepingNames(_ fields: Entity.Fields, asIn read: Entity.Fields, in tables: CatalogTables) -> Entity.Fields

  /// Makes the other rows ready for the removal of one; throws when they stand against it.
  static func prepareRemoval(of id: ID<Entity>, in tables: inout CatalogTables) throws(DomainError)
}

extension CatalogRow {
  func keepingNames(_ fields: Entity.Fields, asIn read: Entity.Fields, in tables: CatalogTables) -> Entity.Fields {
    fields
  }

  static func prepareRemoval(of id: ID<Entity>, in tables: inout CatalogTables) {}
}

/// What the system adds to what a client writes.
struct RowStamp<Entity>: Sendable {
  let id: ID<Entity>
  let version: Int
  let createdAt: Timestamp
  let updatedAt: Timestamp
}

/// The rows of one kind, by identifier and by slug.
struct CatalogTable<Row: CatalogRow>: Sendable {
  private var rows: [ID<Row.Entity>: Row] = [:]
  private var ids: [String: ID<Row.Entity>] = [:]

  /// Every row, in no order.
  var all: some Sequence<Row> { rows.values }

  subscript(id: ID<Row.Entity>) -> Row? { rows[id] }

  /// The row with that slug.
  func named(_ slug: String) -> Row? { ids[slug].flatMap { rows[$0] } }

  /// Adds a row, or puts it in place of the one with its identifier. Throws `slugTaken`.
  mutating func put(_ row: Row) throws(DomainError) {
    if let slug = row.slug, let holder = ids[slug], holder != row.id {
      throw DomainError(.slugTaken, "There is another \(Row.Entity.name) with the slug \(slug).")
    }
    let old = rows.updateValue(row, forKey: row.id)
    if let slug = old?.slug { ids[slug] = nil }
    if let slug = row.slug { ids[slug] = row.id }
  }

  /// Changes a row in a way that leaves its slug as it is.
  mutating func amend(_ id: ID<Row.Entity>, _ change: (inout Row) -> Void) {
    guard var row = rows.removeValue(forKey: id) else { return }
    change(&row)
    rows[id] = row
  }

  mutating func remove(_ id: ID<Row.Entity>) {
    if let slug = rows.removeValue(forKey: id)?.slug { ids[slug] = nil }
  }
}
