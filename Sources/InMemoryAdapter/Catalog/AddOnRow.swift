import CatalogDomain
import Kernel

/// An add-on as it is kept: its segment by identifier.
struct AddOnRow: CatalogRow {
  static var table: WritableKeyPath<CatalogTables, CatalogTable<Self>> { \.addOns }

  private let stamp: RowStamp<AddOn>
  /// As written, but without the segment's slug.
  let fields: AddOn.Fields
  let segment: ID<Segment>?

  init(_ stamp: RowStamp<AddOn>, _ fields: AddOn.Fields, in tables: CatalogTables) throws(DomainError) {
    self.stamp = stamp
    segment = try tables.segment(named: fields.segmentSlug)
    var fields = fields
    fields.segmentSlug = nil
    self.fields = fields
  }

  var id: ID<AddOn> { stamp.id }
  var version: Int { stamp.version }
  var createdAt: Timestamp { stamp.createdAt }
  var slug: String? { fields.slug.description }

  func entity(in tables: CatalogTables) -> AddOn {
    var fields = fields
    fields.segmentSlug = segment.flatMap { tables.segments[$0] }?.entity.fields.slug
    return AddOn(id: id, version: version, fields: fields, createdAt: createdAt, updatedAt: stamp.updatedAt)
  }

  func keepingNames(_ fields: AddOn.Fields, asIn read: AddOn.Fields, in tables: CatalogTables) -> AddOn.Fields {
    guard fields.segmentSlug == read.segmentSlug else { return fields }
    var fields = fields
    fields.segmentSlug = entity(in: tables).fields.segmentSlug
    return fields
  }

  static func prepareRemoval(of id: ID<AddOn>, in tables: inout CatalogTables) {
    for package in tables.packages.all where package.addOns.contains(id) {
      tables.packages.amend(package.id) { row in row.addOns.removeAll { $0 == id } }
    }
  }
}
