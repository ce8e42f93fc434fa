package import CatalogDomain
import Kernel
package import PostgresClient

/// How packages are read: one statement, and so one state, for the packages and the add-ons they name. An add-on that
/// many packages name comes once.
///
/// Only the packages are put in order, since to sort rows that are wide costs about as much as to read them (decision 18).
/// UNION ALL gives its parts in turn, each as it was read, unless workers share them, and workers cannot read a CTE.
extension Package {
  package static func selection(where condition: String, orderBy order: String, limit: String) -> String {
    """
    WITH page AS MATERIALIZED (
      SELECT
        ARRAY(SELECT l.add_on_id FROM package_add_ons l WHERE l.tenant_id = $1 AND l.package_id = e.id ORDER BY l.position)
          AS add_on_ids, e.*
      FROM packages e WHERE \(condition) ORDER BY \(order) LIMIT \(limit)
    ), names AS MATERIALIZED (
      SELECT id, slug FROM segments WHERE tenant_id = $1
    )
    (SELECT e.add_on_ids, e.id, e.version, e.slug, e.title, e.description, e.price_cents, s.slug,
      e.created_at, e.updated_at, e.currency, e.grouping, e.grouping_order, e.status, e.photo_urls,
      e.photo_alts, e.segment_order, NULL
    FROM page e LEFT JOIN names s ON s.id = e.segment_id ORDER BY \(order))
    UNION ALL
    SELECT NULL, a.id, a.version, a.slug, a.title, a.description, a.price_cents, s.slug,
      a.created_at, a.updated_at, NULL, NULL, NULL, NULL, NULL,
      NULL, NULL, a.active
    FROM add_ons a LEFT JOIN names s ON s.id = a.segment_id
    WHERE a.tenant_id = $1 AND a.id IN (SELECT unnest(add_on_ids) FROM page)
    """
  }

  package static func records(_ rows: PostgresRows) throws -> [Package] {
    // Add-ons come last, and name none.
    let split = rows.firstIndex { $0.isNull(0) } ?? rows.endIndex
    var addOns: [ID<AddOn>: AddOn] = [:]
    addOns.reserveCapacity(rows.endIndex - split)
    for row in rows[split...] {
      let addOn = try AddOn(sharing: row)
      addOns[addOn.id] = addOn
    }
    return try rows[..<split].map { try Package($0, addOns) }
  }

  private init(_ row: PostgresRow, _ known: [ID<AddOn>: AddOn]) throws(PostgresError) {
    var shared = ColumnReader(row, from: 1)
    let id: ID<Package> = try shared.next()
    let version: Int = try shared.next()
    let (slug, title): (Slug, String) = (try shared.next(), try shared.next())
    let (description, price): (String, Int) = (try shared.next(), try shared.next())
    let segment: Slug? = try shared.nextIfPresent()
    let (createdAt, updatedAt): (Timestamp, Timestamp) = (try shared.next(), try shared.next())
    let currency: CurrencyCode = try shared.next()
    let (grouping, groupingOrder): (String?, Int) = (try shared.nextIfPresent(), try shared.next())
    let status: Status = try shared.next()
    let (urls, alts): ([String], [String]) = (try shared.next(), try shared.next())
    let segmentOrder: Int = try shared.next()
    let ids: [ID<AddOn>] = try row.decode(0)
    let addOns = ids.compactMap { known[$0] }
    self.init(
      id: id, version: version,
      fields: Fields(
        slug: slug, title: title, description: description, priceCents: price, currency: currency,
        segmentSlug: segment, grouping: grouping, groupingOrder: groupingOrder, status: status,
        photos: zip(urls, alts).map { Photo(url: $0, alt: $1) }, addOnSlugs: addOns.map(\.fields.slug)),
      addOns: addOns, segmentOrder: segmentOrder, createdAt: createdAt, updatedAt: updatedAt)
  }
}

extension AddOn {
  /// Reads an add-on from the columns that it shares with packages.
  fileprivate init(sharing row: PostgresRow) throws(PostgresError) {
    var shared = ColumnReader(row, from: 1)
    let (id, version): (ID<AddOn>, Int) = (try shared.next(), try shared.next())
    let fields = Fields(
      slug: try shared.next(), title: try shared.next(), description: try shared.nextIfPresent(),
      priceCents: try shared.next(), segmentSlug: try shared.nextIfPresent(), active: try row.decode(17))
    self.init(
      id: id, version: version, fields: fields, createdAt: try shared.next(), updatedAt: try shared.next())
  }
}

extension Package.Status: PostgresDecodable {
  package init(from cell: PostgresCell) throws(PostgresError) {
    guard let status = Self(rawValue: try String(from: cell)) else { throw cell.mismatch("status of a package") }
    self = status
  }
}
