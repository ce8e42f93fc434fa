package import CatalogDomain
package import Kernel
package import PostgresClient

extension Package: CatalogRecord {
  package static var table: String { "packages" }

  package static var fieldColumns: [String] {
    [
      "slug", "title", "description", "price_cents", "currency", "grouping", "grouping_order", "status", "photo_urls",
      "photo_alts",
    ]
  }

  package static var referenceColumns: [String] { ["segment_id", "segment_order", "add_on_ids"] }

  package static func references(_ fields: Fields) -> CatalogReferences {
    CatalogReferences(segment: fields.segmentSlug, addOns: fields.addOnSlugs)
  }

  package static func values(_ fields: Fields) -> [PostgresValue] {
    [
      .slug(fields.slug), .text(fields.title), .text(fields.description), .int(fields.priceCents),
      .text(fields.currency.description), .optional(fields.grouping), .int(fields.groupingOrder),
      .text(fields.status.rawValue), .textArray(fields.photos.map(\.url)), .textArray(fields.photos.map(\.alt)),
    ]
  }

  package static func values(of references: ResolvedReferences) -> [PostgresValue] {
    [
      .optional(references.segment?.id, PostgresValue.id), .int(references.segment?.sortOrder ?? Int(Int32.max)),
      .uuidArray(references.addOns.map { PostgresUUID($0) }),
    ]
  }

  package static func slug(of fields: Fields) -> Slug? { fields.slug }
}
