package import CatalogDomain
import Kernel
package import PostgresClient

/// How packages are read: one statement, and so one state, for the packages, the add-ons they name and the segments of
/// both. What many packages name comes once, and is put together here.
///
/// Only the packages are put in order, as the index has them (decision 18). UNION ALL gives its parts in turn, each as it
/// was read, unless workers share them, and workers cannot read a CTE.
extension Package {
  package static func selection(where condition: String, orderBy order: String, limit: String) -> String {
    """
    WITH page AS MATERIALIZED (
      SELECT e.* FROM packages e WHERE \(condition) ORDER BY \(order) LIMIT \(limit)
    )
    SELECT e.id, e.slug, e.version, e.title, e.description, e.price_cents, e.segment_id, e.created_at, e.updated_at,
      NULL::boolean, e.currency, e.grouping, e.grouping_order, e.status, e.photo_urls, e.photo_alts, e.segment_order,
      e.add_on_ids
    FROM page e
    UNION ALL
    SELECT a.id, a.slug, a.version, a.title, a.description, a.price_cents, a.segment_id, a.created_at, a.updated_at,
      a.active, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL
    FROM add_ons a WHERE a.tenant_id = $1 AND a.id IN (SELECT unnest(add_on_ids) FROM page)
    UNION ALL
    SELECT s.id, s.slug, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL
    FROM segments s WHERE s.tenant_id = $1
    """
  }

  package static func records(_ rows: PostgresRows) throws -> [Package] {
    // Of the three only packages have `add_on_ids`, and of the other two only add-ons have `active`.
    let addOnStart = rows.firstIndex { $0.isNull(17) } ?? rows.endIndex
    let segmentStart = rows[addOnStart...].firstIndex { $0.isNull(9) } ?? rows.endIndex
    var segments: [UniqueID: Slug] = [:]
    segments.reserveCapacity(rows.endIndex - segmentStart)
    for row in rows[segmentStart...] { segments[try row.decode(0)] = try row.decode(1) }
    var addOns: [ID<AddOn>: AddOn] = [:]
    addOns.reserveCapacity(segmentStart - addOnStart)
    for row in rows[addOnStart..<segmentStart] {
      let addOn = try AddOn(sharing: row, segments)
      addOns[addOn.id] = addOn
    }
    return try rows[..<addOnStart].map { try Package($0, addOns, segments) }
  }

  private init(
    _ row: PostgresRow, _ known: [ID<AddOn>: AddOn], _ segments: [UniqueID: Slug]
  ) throws(PostgresError) {
    var columns = ColumnReader(row)
    let (id, slug): (ID<Package>, Slug) = (try columns.next(), try columns.next())
    let (version, title): (Int, String) = (try columns.next(), try columns.next())
    let (description, price): (String, Int) = (try columns.next(), try columns.next())
    let segment: UniqueID? = try columns.nextIfPresent()
    let (createdAt, updatedAt): (Timestamp, Timestamp) = (try columns.next(), try columns.next())
    columns.skip()
    let currency: CurrencyCode = try columns.next()
    let (grouping, groupingOrder): (String?, Int) = (try columns.nextIfPresent(), try columns.next())
    let status: Status = try columns.next()
    let (urls, alts): ([String], [String]) = (try columns.next(), try columns.next())
    let segmentOrder: Int = try columns.next()
    let ids: [ID<AddOn>] = try columns.next()
    let addOns = ids.compactMap { known[$0] }
    self.init(
      id: id, version: version,
      fields: Fields(
        slug: slug, title: title, description: description, priceCents: price, currency: currency,
        segmentSlug: segment.flatMap { segments[$0] }, grouping: grouping, groupingOrder: groupingOrder,
        status: status, photos: zip(urls, alts).map { Photo(url: $0, alt: $1) },
        addOnSlugs: addOns.map(\.fields.slug)),
      addOns: addOns, segmentOrder: segmentOrder, createdAt: createdAt, updatedAt: updatedAt)
  }
}

extension AddOn {
  /// Reads an add-on from the columns that it shares with packages.
  fileprivate init(sharing row: PostgresRow, _ segments: [UniqueID: Slug]) throws(PostgresError) {
    var columns = ColumnReader(row)
    let (id, slug): (ID<AddOn>, Slug) = (try columns.next(), try columns.next())
    let (version, title): (Int, String) = (try columns.next(), try columns.next())
    let (description, price): (String?, Int) = (try columns.nextIfPresent(), try columns.next())
    let segment: UniqueID? = try columns.nextIfPresent()
    let (createdAt, updatedAt): (Timestamp, Timestamp) = (try columns.next(), try columns.next())
    self.init(
      id: id, version: version,
      fields: Fields(
        slug: slug, title: title, description: description, priceCents: price,
        segmentSlug: segment.flatMap { segments[$0] }, active: try columns.next()),
      createdAt: createdAt, updatedAt: updatedAt)
  }
}

extension Package.Status: PostgresDecodable {
  package init(from cell: PostgresCell) throws(PostgresError) {
    guard let status = Self(rawValue: try String(from: cell)) else { throw cell.mismatch("status of a package") }
    self = status
  }
}
