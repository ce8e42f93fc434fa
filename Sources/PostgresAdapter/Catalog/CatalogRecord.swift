package import CatalogDomain
package import Kernel
package import PostgresClient

/// A kind of catalog record as it is kept in a table. In its statements the table's alias is `e`.
package protocol CatalogRecord: CatalogEntity {
  /// The table, with `tenant_id`, `id`, `version`, `created_at`, `updated_at` and ``writtenColumns``.
  static var table: String { get }
  /// The columns that fields are written to, in the order of ``values(_:_:)``.
  static var writtenColumns: [String] { get }
  /// Whether such records can be asked for by slug.
  static var hasSlug: Bool { get }

  /// The slug of a record with these fields, where such records have one.
  static func slug(of fields: Fields) -> Slug?
  /// The other records that fields name.
  static func references(_ fields: Fields) -> CatalogReferences
  /// The values of ``writtenColumns``.
  static func values(_ fields: Fields, _ references: ResolvedReferences) -> [PostgresValue]

  /// A statement that reads records with all they show.
  static func selection(where condition: String, orderBy order: String, limit: String) -> String
  /// The records of such a statement, in its order.
  static func records(_ rows: PostgresRows) throws -> [Self]
}

extension CatalogRecord {
  package static var hasSlug: Bool { true }

  package static func references(_ fields: Fields) -> CatalogReferences { CatalogReferences() }

  /// What violated constraints mean when fields are written.
  static func refusals(_ fields: Fields) -> Refusals {
    var refusals: Refusals = [
      "\(table)_pkey": DomainError(.internalError, "The identifier of the \(name) is in use.")
    ]
    if let slug = slug(of: fields) {
      refusals["\(table)_slug_key"] = DomainError(.slugTaken, "There is another \(name) with the slug \(slug).")
    }
    return refusals
  }
}
