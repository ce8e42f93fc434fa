import CatalogDomain
import Kernel
import PostgresClient

/// The statement for a list of published packages.
struct PackageSelection {
  let query: PostgresQuery

  /// The statement for `query`; nil when it can find nothing. Throws `malformedRequest` for a place of another list.
  init?(_ tenant: TenantID, _ query: PackageQuery) throws(DomainError) {
    if let segment = query.segment, !Slug.isWellFormed(segment) { return nil }
    // No text that is kept holds U+0000.
    if [query.grouping, query.text].contains(where: { $0?.utf8.contains(0) == true }) { return nil }
    var parameters = Parameters(tenant)
    var conditions = ["e.tenant_id = $1", "e.status = 'published'"]
    if let segment = query.segment { conditions.append(Self.segmentCondition(parameters.add(.text(segment)))) }
    if let grouping = query.grouping { conditions.append("e.grouping = \(parameters.add(.text(grouping)))") }
    if let text = query.text { conditions.append(Self.textCondition(parameters.add(.text(text)))) }
    // Packages of one segment have one segment order: without it, that segment's index holds the order of the list.
    let isWithinSegment = query.segment != nil && query.sort == .order
    let keyset = Self.keyset(query.sort, isWithinSegment: isWithinSegment)
    if let place = query.page.after {
      let place = isWithinSegment ? SortPlace(Array(place.values.dropFirst())) : place
      conditions.append(try keyset.condition(after: place, &parameters))
    }
    let limit = parameters.add(.int(query.page.limit + 1))
    let statement = PostgresStatement(
      Package.selection(where: conditions.joined(separator: " AND "), orderBy: keyset.orderBy, limit: limit),
      name: "packages.list_published")
    self.query = PostgresQuery(statement, parameters.values)
  }

  /// Holds for records of the segment with a slug.
  static func segmentCondition(_ slug: String) -> String {
    "e.segment_id = (SELECT g.id FROM segments g WHERE g.tenant_id = $1 AND g.slug = \(slug))"
  }

  /// Holds for packages with a text in title or description. Letter case is that of Unicode, whatever the locale of the
  /// database.
  private static func textCondition(_ text: String) -> String {
    let wanted = #"lower(\#(text) COLLATE "und-x-icu")"#
    return #"""
      (strpos(lower(e.title COLLATE "und-x-icu"), \#(wanted)) > 0
        OR strpos(lower(e.description COLLATE "und-x-icu"), \#(wanted)) > 0)
      """#
  }

  private static func keyset(_ sort: PackageSort, isWithinSegment: Bool) -> Keyset {
    let id = Keyset.Column("e.id", .id)
    return switch sort {
    case .order where isWithinSegment:
      Keyset(.init("e.grouping_order", .number), .init("e.title", .text), id)
    case .order:
      Keyset(
        .init("e.segment_order", .number), .init("e.grouping_order", .number), .init("e.title", .text), id)
    case .title: Keyset(.init("e.title", .text), id)
    case .price: Keyset(.init("e.price_cents", .number), id)
    case .descendingPrice: Keyset(.init("e.price_cents", .negative), id)
    case .newest: Keyset(.init("e.created_at", .negativeTime), id)
    }
  }
}
