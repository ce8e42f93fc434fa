package import CatalogDomain
package import Kernel
package import PostgresClient

/// A kind of catalog record as it is kept in a table. In its statements the table's alias is `e`.
package protocol CatalogRecord: CatalogEntity {
  /// The table, with `tenant_id`, `id`, `version`, `created_at`, `updated_at`, ``fieldColumns`` and
  /// ``referenceColumns``.
  static var table: String { get }
  /// The columns that fields are written to, in the order of ``values(_:)``.
  static var fieldColumns: [String] { get }
  /// The columns that name other records, in the order of ``values(of:)``.
  static var referenceColumns: [String] { get }
  /// Whether such records can be asked for by slug.
  static var hasSlug: Bool { get }

  /// The slug of a record with these fields, where such records have one.
  static func slug(of fields: Fields) -> Slug?
  /// The other records that fields name.
  static func references(_ fields: Fields) -> CatalogReferences
  /// The values of ``fieldColumns``.
  static func values(_ fields: Fields) -> [PostgresValue]
  /// The values of ``referenceColumns``.
  static func values(of references: ResolvedReferences) -> [PostgresValue]

  /// A statement that reads records with all they show.
  static func selection(where condition: String, orderBy order: String, limit: String) -> String
  /// The records of such a statement, in its order.
  static func records(_ rows: PostgresRows) throws -> [Self]
}

extension CatalogRecord {
  package static var hasSlug: Bool { true }

  package static var referenceColumns: [String] { [] }

  package static func references(_ fields: Fields) -> CatalogReferences { CatalogReferences() }

  package static func values(of references: ResolvedReferences) -> [PostgresValue] { [] }

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
