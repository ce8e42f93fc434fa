package import CatalogDomain
package import Kernel
package import PostgresClient

extension Package: CatalogRecord {
  package static var table: String { "packages" }

  package static var writtenColumns: [String] {
    [
      "slug", "title", "description", "price_cents", "currency", "segment_id", "segment_order", "grouping",
      "grouping_order", "status", "photo_urls", "photo_alts",
    ]
  }

  package static func references(_ fields: Fields) -> CatalogReferences {
    CatalogReferences(segment: fields.segmentSlug, addOns: fields.addOnSlugs)
  }

  package static func values(_ fields: Fields, _ references: ResolvedReferences) -> [PostgresValue] {
    [
      .slug(fields.slug), .text(fields.title), .text(fields.description), .int(fields.priceCents),
      .text(fields.currency.description), .optional(references.segment?.id, PostgresValue.id),
      .int(references.segment?.sortOrder ?? Int(Int32.max)), .optional(fields.grouping), .int(fields.groupingOrder),
      .text(fields.status.rawValue), .textArray(fields.photos.map(\.url)), .textArray(fields.photos.map(\.alt)),
    ]
  }

  package static func attachments(
    _ tenant: TenantID, _ id: ID<Package>, _ references: ResolvedReferences
  ) -> [PostgresQuery] {
    [
      PostgresQuery(removeAddOns, [.tenant(tenant), .id(id)]),
      PostgresQuery(addAddOns, [.tenant(tenant), .id(id), .uuidArray(references.addOns.map { PostgresUUID($0) })]),
    ]
  }

  package static func slug(of fields: Fields) -> Slug? { fields.slug }

  private static let removeAddOns = PostgresStatement(
    "DELETE FROM package_add_ons WHERE tenant_id = $1 AND package_id = $2", name: "packages.remove_add_ons")

  private static let addAddOns = PostgresStatement(
    """
    INSERT INTO package_add_ons (tenant_id, package_id, add_on_id, position)
    SELECT $1, $2, named.id, named.position FROM unnest($3) WITH ORDINALITY AS named (id, position)
    """, name: "packages.add_add_ons")
}
