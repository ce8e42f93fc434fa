package import CatalogDomain
package import Kernel
package import PostgresClient

extension AddOn: CatalogRecord {
  package static var table: String { "add_ons" }

  package static var fieldColumns: [String] { ["slug", "title", "description", "price_cents", "active"] }

  package static var referenceColumns: [String] { ["segment_id"] }

  package static func references(_ fields: Fields) -> CatalogReferences {
    CatalogReferences(segment: fields.segmentSlug)
  }

  package static func values(_ fields: Fields) -> [PostgresValue] {
    [
      .slug(fields.slug), .text(fields.title), .optional(fields.description), .int(fields.priceCents),
      .bool(fields.active),
    ]
  }

  package static func values(of references: ResolvedReferences) -> [PostgresValue] {
    [.optional(references.segment?.id, PostgresValue.id)]
  }

  package static func slug(of fields: Fields) -> Slug? { fields.slug }

  package static func selection(where condition: String, orderBy order: String, limit: String) -> String {
    """
    SELECT \(columns("e"))
    FROM add_ons e LEFT JOIN segments s ON s.tenant_id = $1 AND s.id = e.segment_id
    WHERE \(condition) ORDER BY \(order) LIMIT \(limit)
    """
  }

  /// What ``init(_:)`` reads, of a table joined with its segments `s`.
  static func columns(_ table: String) -> String {
    """
    \(table).id, \(table).version, \(table).slug, \(table).title, \(table).description, \(table).price_cents, s.slug, \
    \(table).created_at, \(table).updated_at, \(table).active
    """
  }

  /// Reads ``columns(_:)``.
  init(_ columns: inout ColumnReader) throws(PostgresError) {
    let (id, version): (ID<AddOn>, Int) = (try columns.next(), try columns.next())
    var fields = Fields(
      slug: try columns.next(), title: try columns.next(), description: try columns.nextIfPresent(),
      priceCents: try columns.next(), segmentSlug: try columns.nextIfPresent())
    let (createdAt, updatedAt): (Timestamp, Timestamp) = (try columns.next(), try columns.next())
    fields.active = try columns.next()
    self.init(id: id, version: version, fields: fields, createdAt: createdAt, updatedAt: updatedAt)
  }

  package static func records(_ rows: PostgresRows) throws -> [AddOn] {
    try rows.map { row in
      var columns = ColumnReader(row)
      return try AddOn(&columns)
    }
  }
}
