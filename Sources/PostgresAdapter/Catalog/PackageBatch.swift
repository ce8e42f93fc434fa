import Caching
import CatalogDomain
import Kernel
import PostgresClient

/// Some packages as columns, and the statements that put them in place by their slugs.
struct PackageBatch {
  private let packages: [Package.Fields]
  private let known: KnownReferences

  /// - Parameter known: holds all that the packages name.
  init(_ packages: [Package.Fields], _ known: KnownReferences) {
    self.packages = packages
    self.known = known
  }

  /// Rows, then their add-ons anew: one round trip.
  func queries(_ tenant: TenantID, _ time: Timestamp, _ newID: IDGenerator) throws -> [PostgresQuery] {
    let segments = packages.map { $0.segmentSlug.flatMap { known.segments[$0] } }
    // In the order of the file, so that an export has it too.
    let ids = packages.map { _ in newID(Package.self) }.sorted { $0.raw < $1.raw }
    let slugs = texts { $0.slug.description }
    let rows: [PostgresValue] = [
      .tenant(tenant), .time(time), .uuidArray(ids.map { PostgresUUID($0) }), slugs,
      texts { $0.title }, texts { $0.description }, numbers(\.priceCents), texts { $0.currency.description },
      .textArray(segments.map { $0?.id.description }),
      .int64Array(segments.map { Int64($0?.sortOrder ?? Int(Int32.max)) }), texts(\.grouping),
      numbers(\.groupingOrder), texts { $0.status.rawValue },
      .textArray(try packages.map { String(buffer: try CacheCodec.encode($0.photos)) }),
    ]
    let links = packages.flatMap { package in
      package.addOnSlugs.enumerated().compactMap { position, slug in
        known.addOns[slug].map { (slug: package.slug.description, id: $0, position: Int64(position + 1)) }
      }
    }
    return [
      PostgresQuery(Self.upsert, rows), PostgresQuery(Self.removeLinks, [.tenant(tenant), slugs]),
      PostgresQuery(
        Self.addLinks,
        [
          .tenant(tenant), .textArray(links.map(\.slug)), .uuidArray(links.map(\.id)),
          .int64Array(links.map(\.position)),
        ]),
    ]
  }

  private func texts(_ value: (Package.Fields) -> String?) -> PostgresValue { .textArray(packages.map(value)) }

  private func numbers(_ value: (Package.Fields) -> Int) -> PostgresValue {
    .int64Array(packages.map { Int64(value($0)) })
  }

  private static let upsert = PostgresStatement(
    """
    INSERT INTO packages (tenant_id, id, slug, title, description, price_cents, currency, segment_id, segment_order,
      grouping, grouping_order, status, photo_urls, photo_alts, created_at, updated_at)
    SELECT $1, r.id, r.slug, r.title, r.description, r.price_cents, r.currency, r.segment_id::uuid, r.segment_order,
      r.grouping, r.grouping_order, r.status, \(photos("url")), \(photos("alt")), $2, $2
    FROM unnest($3::uuid[], $4::text[], $5::text[], $6::text[], $7::bigint[], $8::text[], $9::text[], $10::bigint[],
        $11::text[], $12::bigint[], $13::text[], $14::text[])
      AS r (id, slug, title, description, price_cents, currency, segment_id, segment_order, grouping, grouping_order,
        status, photos)
    ON CONFLICT (tenant_id, slug) DO UPDATE SET version = packages.version + 1, updated_at = $2, title = EXCLUDED.title,
      description = EXCLUDED.description, price_cents = EXCLUDED.price_cents, currency = EXCLUDED.currency,
      segment_id = EXCLUDED.segment_id, segment_order = EXCLUDED.segment_order, grouping = EXCLUDED.grouping,
      grouping_order = EXCLUDED.grouping_order, status = EXCLUDED.status, photo_urls = EXCLUDED.photo_urls,
      photo_alts = EXCLUDED.photo_alts
    """, name: "packages.bulk_upsert")

  private static let removeLinks = PostgresStatement(
    """
    DELETE FROM package_add_ons l USING packages p
    WHERE p.tenant_id = $1 AND p.slug = ANY ($2) AND l.tenant_id = $1 AND l.package_id = p.id
    """, name: "packages.bulk_remove_add_ons")

  private static let addLinks = PostgresStatement(
    """
    INSERT INTO package_add_ons (tenant_id, package_id, add_on_id, position)
    SELECT $1, p.id, r.id, r.position FROM unnest($2::text[], $3::uuid[], $4::bigint[]) AS r (slug, id, position)
      JOIN packages p ON p.tenant_id = $1 AND p.slug = r.slug
    """, name: "packages.bulk_add_add_ons")

  private static func photos(_ member: String) -> String {
    """
    ARRAY(SELECT x.photo->>'\(member)' FROM jsonb_array_elements(r.photos::jsonb) WITH ORDINALITY AS x (photo, place) \
    ORDER BY x.place)
    """
  }
}
