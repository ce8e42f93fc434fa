import CatalogDomain
import Kernel

/// A package as it is kept: its segment and add-ons by identifier.
struct PackageRow: CatalogRow {
  static var table: WritableKeyPath<CatalogTables, CatalogTable<Self>> { \.packages }

  private let stamp: RowStamp<Package>
  /// As written, but without the slugs of others.
  let fields: Package.Fields
  let segment: ID<Segment>?
  /// In the order they were named.
  var addOns: [ID<AddOn>]

  init(_ stamp: RowStamp<Package>, _ fields: Package.Fields, in tables: CatalogTables) throws(DomainError) {
    self.stamp = stamp
    segment = try tables.segment(named: fields.segmentSlug)
    addOns = try tables.addOns(named: fields.addOnSlugs)
    var fields = fields
    fields.segmentSlug = nil
    fields.addOnSlugs = []
    self.fields = fields
  }

  var id: ID<Package> { stamp.id }
  var version: Int { stamp.version }
  var createdAt: Timestamp { stamp.createdAt }
  var slug: String? { fields.slug.description }

  func entity(in tables: CatalogTables) -> Package {
    let segment = segment.flatMap { tables.segments[$0] }?.entity.fields
    let addOns = addOns.compactMap { tables.addOns[$0]?.entity(in: tables) }
    var fields = fields
    fields.segmentSlug = segment?.slug
    fields.addOnSlugs = addOns.map(\.fields.slug)
    return Package(
      id: id, version: version, fields: fields, addOns: addOns, segmentOrder: segment?.sortOrder ?? Int(Int32.max),
      createdAt: createdAt, updatedAt: stamp.updatedAt)
  }

  func keepingNames(
    _ fields: Package.Fields, asIn read: Package.Fields, in tables: CatalogTables
  ) -> Package.Fields {
    guard fields.segmentSlug == read.segmentSlug, fields.addOnSlugs == read.addOnSlugs else { return fields }
    let present = entity(in: tables).fields
    var fields = fields
    fields.segmentSlug = present.segmentSlug
    fields.addOnSlugs = present.addOnSlugs
    return fields
  }
}
