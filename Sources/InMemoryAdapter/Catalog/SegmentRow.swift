import CatalogDomain
import Kernel

/// A segment as it is kept.
struct SegmentRow: CatalogRow {
  static var table: WritableKeyPath<CatalogTables, CatalogTable<Self>> { \.segments }

  let entity: Segment

  init(_ stamp: RowStamp<Segment>, _ fields: Segment.Fields, in tables: CatalogTables) {
    entity = Segment(
      id: stamp.id, version: stamp.version, fields: fields, createdAt: stamp.createdAt, updatedAt: stamp.updatedAt)
  }

  var id: ID<Segment> { entity.id }
  var version: Int { entity.version }
  var createdAt: Timestamp { entity.createdAt }
  var slug: String? { entity.fields.slug.description }

  func entity(in tables: CatalogTables) -> Segment { entity }

  static func prepareRemoval(of id: ID<Segment>, in tables: inout CatalogTables) throws(DomainError) {
    let isInUse =
      tables.packages.all.contains { $0.segment == id } || tables.addOns.all.contains { $0.segment == id }
    if isInUse { throw DomainError(.segmentInUse, "Packages or add-ons are in this segment.") }
  }
}
