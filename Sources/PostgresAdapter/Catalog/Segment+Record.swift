package import CatalogDomain
package import Kernel
package import PostgresClient

extension Segment: CatalogRecord {
  package static var table: String { "segments" }

  package static var fieldColumns: [String] { ["slug", "name", "description", "sort_order", "active"] }

  package static func values(_ fields: Fields) -> [PostgresValue] {
    [
      .slug(fields.slug), .text(fields.name), .optional(fields.description), .int(fields.sortOrder),
      .bool(fields.active),
    ]
  }

  package static func slug(of fields: Fields) -> Slug? { fields.slug }

  package static func selection(where condition: String, orderBy order: String, limit: String) -> String {
    """
    SELECT e.id, e.version, e.slug, e.name, e.description, e.sort_order, e.active, e.created_at, e.updated_at
    FROM segments e WHERE \(condition) ORDER BY \(order) LIMIT \(limit)
    """
  }

  package static func records(_ rows: PostgresRows) throws -> [Segment] {
    try rows.map { row in
      var columns = ColumnReader(row)
      return Segment(
        id: try columns.next(), version: try columns.next(),
        fields: Fields(
          slug: try columns.next(), name: try columns.next(), description: try columns.nextIfPresent(),
          sortOrder: try columns.next(), active: try columns.next()),
        createdAt: try columns.next(), updatedAt: try columns.next())
    }
  }
}
