package import CatalogDomain
package import Kernel
package import PostgresClient

extension Venue: CatalogRecord {
  package static var table: String { "venues" }

  package static var hasSlug: Bool { false }

  package static var fieldColumns: [String] { ["name", "city", "address", "capacity", "active"] }

  package static func values(_ fields: Fields) -> [PostgresValue] {
    [
      .text(fields.name), .text(fields.city), .optional(fields.address), .optional(fields.capacity, PostgresValue.int),
      .bool(fields.active),
    ]
  }

  package static func slug(of fields: Fields) -> Slug? { nil }

  package static func selection(where condition: String, orderBy order: String, limit: String) -> String {
    """
    SELECT e.id, e.version, e.name, e.city, e.address, e.capacity, e.active, e.created_at, e.updated_at
    FROM venues e WHERE \(condition) ORDER BY \(order) LIMIT \(limit)
    """
  }

  package static func records(_ rows: PostgresRows) throws -> [Venue] {
    try rows.map { row in
      var columns = ColumnReader(row)
      return Venue(
        id: try columns.next(), version: try columns.next(),
        fields: Fields(
          name: try columns.next(), city: try columns.next(), address: try columns.nextIfPresent(),
          capacity: try columns.nextIfPresent(), active: try columns.next()),
        createdAt: try columns.next(), updatedAt: try columns.next())
    }
  }
}
