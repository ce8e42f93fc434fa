import Caching
import CatalogDomain
import Kernel
import PostgresClient

/// Some packages as columns, and the statement that puts them in place by their slugs.
struct PackageBatch {
  private let packages: [Package.Fields]
  private let known: KnownReferences

  /// - Parameter known: holds all that the packages name.
  init(_ packages: [Package.Fields], _ known: KnownReferences) {
    self.packages = packages
    self.known = known
  }

  func query(_ tenant: TenantID, _ time: Timestamp, _ newID: IDGenerator) throws -> PostgresQuery {
    let segments = packages.map { $0.segmentSlug.flatMap { known.segments[$0] } }
    // In the order of the file, so that an export has it too.
    let ids = packages.map { _ in newID(Package.self) }.sorted { $0.raw < $1.raw }
    let columns: [PostgresValue] = [
      .tenant(tenant), .time(time), .uuidArray(ids.map { PostgresUUID($0) }), texts { $0.slug.description },
      texts { $0.title }, texts { $0.description }, numbers(\.priceCents), texts { $0.currency.description },
      .textArray(segments.map { $0?.id.description }),
      .int64Array(segments.map { Int64($0?.sortOrder ?? Int(Int32.max)) }), texts(\.grouping),
      numbers(\.groupingOrder), texts { $0.status.rawValue },
      .textArray(try packages.map { String(buffer: try CacheCodec.encode($0.photos)) }), texts(addOns),
    ]
    return PostgresQuery(Self.upsert, columns)
  }

  /// The identifiers as PostgreSQL writes an array.
  private func addOns(_ package: Package.Fields) -> String {
    "{" + package.addOnSlugs.compactMap { known.addOns[$0]?.description }.joined(separator: ",") + "}"
  }

  private func texts(_ value: (Package.Fields) -> String?) -> PostgresValue { .textArray(packages.map(value)) }

  private func numbers(_ value: (Package.Fields) -> Int) -> PostgresValue {
    .int64Array(packages.map { Int64(value($0)) })
  }

  private static let upsert = PostgresStatement(
    """
    INSERT INTO packages (tenant_id, id, slug, title, description, price_cents, currency, segment_id, segment_order,
      grouping, grouping_order, status, photo_urls, photo_alts, add_on_ids, created_at, updated_at)
    SELECT $1, r.id, r.slug, r.title, r.description, r.price_cents, r.currency, r.segment_id::uuid, r.segment_order,
      r.grouping, r.grouping_order, r.status, \(photos("url")), \(photos("alt")), r.add_on_ids::uuid[], $2, $2
    FROM unnest($3::uuid[], $4::text[], $5::text[], $6::text[], $7::bigint[], $8::text[], $9::text[], $10::bigint[],
        $11::text[], $12::bigint[], $13::text[], $14::text[], $15::text[])
      AS r (id, slug, title, description, price_cents, currency, segment_id, segment_order, grouping, grouping_order,
        status, photos, add_on_ids)
    ON CONFLICT (tenant_id, slug) DO UPDATE SET version = packages.version + 1, updated_at = $2, title = EXCLUDED.title,
      description = EXCLUDED.description, price_cents = EXCLUDED.price_cents, currency = EXCLUDED.currency,
      segment_id = EXCLUDED.segment_id, segment_order = EXCLUDED.segment_order, grouping = EXCLUDED.grouping,
      grouping_order = EXCLUDED.grouping_order, status = EXCLUDED.status, photo_urls = EXCLUDED.photo_urls,
      photo_alts = EXCLUDED.photo_alts, add_on_ids = EXCLUDED.add_on_ids
    """, name: "packages.bulk_upsert")

  private static func photos(_ member: String) -> String {
    """
    ARRAY(SELECT x.photo->>'\(member)' FROM jsonb_array_elements(r.photos::jsonb) WITH ORDINALITY AS x (photo, place) \
    ORDER BY x.place)
    """
  }
}
