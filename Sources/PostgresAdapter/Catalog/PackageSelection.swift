import CatalogDomain
import Kernel
import PostgresClient

/// The statement for a list of published packages.
struct PackageSelection {
  let query: PostgresQuery

  /// The statement for `query`; nil when it can find nothing. Throws `malformedRequest` for a place of another list.
  init?(_ tenant: TenantID, _ query: PackageQuery) throws(DomainError) {
    let isPlain = [query.segment, query.grouping, query.text].allSatisfy { $0 == nil } && query.page.after == nil
    if isPlain, let statement = Self.firstPages[query.sort] {
      self.query = PostgresQuery(statement, [.tenant(tenant), .int(query.page.limit + 1)])
      return
    }
    if let segment = query.segment, !Slug.isWellFormed(segment) { return nil }
    // No text that is kept holds U+0000.
    if [query.grouping, query.text].contains(where: { $0?.utf8.contains(0) == true }) { return nil }
    var parameters = Parameters(tenant)
    var conditions = Self.published
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
    self.query = PostgresQuery(Self.statement(conditions, keyset, limit: limit), parameters.values)
  }

  private static let published = ["e.tenant_id = $1", "e.status = 'published'"]

  /// The lists without a filter from their beginning, which are asked for most: their texts are made once.
  private static let firstPages = Dictionary(
    uniqueKeysWithValues: PackageSort.allCases.map { sort in
      (sort, statement(published, keyset(sort, isWithinSegment: false), limit: "$2"))
    })

  private static func statement(_ conditions: [String], _ keyset: Keyset, limit: String) -> PostgresStatement {
    PostgresStatement(
      Package.selection(where: conditions.joined(separator: " AND "), orderBy: keyset.orderBy, limit: limit),
      name: "packages.list_published")
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
