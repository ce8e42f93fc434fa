import CatalogDomain
import Kernel

/// A venue as it is kept.
struct VenueRow: CatalogRow {
  static var table: WritableKeyPath<CatalogTables, CatalogTable<Self>> { \.venues }

  let entity: Venue

  init(_ stamp: RowStamp<Venue>, _ fields: Venue.Fields, in tables: CatalogTables) {
    entity = Venue(
      id: stamp.id, version: stamp.version, fields: fields, createdAt: stamp.createdAt, updatedAt: stamp.updatedAt)
  }

  var id: ID<Venue> { entity.id }
  var version: Int { entity.version }
  var createdAt: Timestamp { entity.createdAt }
  var slug: String? { nil }

  func entity(in tables: CatalogTables) -> Venue { entity }
}
