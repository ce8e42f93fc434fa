import Kernel
import CatalogDomain
import PostgresClient

/// The records that one being written names by their slugs.
package struct CatalogReferences: Sendable, Equatable {
  var segment: Slug?
  var addOns: [Slug] = []

  /// The statements that find them, and keep them as they are until the transaction ends: a share lock stands against
  /// removal and, for segments, against a new sort order.
  func queries(_ tenant: TenantID) -> [PostgresQuery] {
    var queries: [PostgresQuery] = []
    if let segment { queries.append(PostgresQuery(Self.findSegment, [.tenant(tenant), .slug(segment)])) }
    if !addOns.isEmpty {
      queries.append(
        PostgresQuery(Self.findAddOns, [.tenant(tenant), .textArray(addOns.map(\.description))]))
    }
    return queries
  }

  /// What the answers to ``queries(_:)`` say. Throws `validationFailed` for a slug that names nothing, and for one that
  /// is named twice.
  func resolve(_ answers: ArraySlice<PostgresRows>) throws -> ResolvedReferences {
    var answers = answers
    var resolved = ResolvedReferences()
    if let segment {
      guard let row = answers.popFirst()?.first else {
        throw DomainError.invalid("segmentSlug", "There is no segment \(segment).")
      }
      resolved.segment = (try row.decode(0), try row.decode(1))
    }
    guard !addOns.isEmpty, let rows = answers.popFirst() else { return resolved }
    var ids: [String: ID<AddOn>] = [:]
    for row in rows { ids[try row.decode(0)] = try row.decode(1) }
    for (position, slug) in addOns.enumerated() {
      guard let id = ids[slug.description] else {
        throw DomainError.invalid("addOnSlugs[\(position)]", "There is no add-on \(slug).")
      }
      guard !resolved.addOns.contains(id) else {
        throw DomainError.invalid("addOnSlugs[\(position)]", "The add-on \(slug) is named twice.")
      }
      resolved.addOns.append(id)
    }
    return resolved
  }

  private static let findSegment = PostgresStatement(
    "SELECT id, sort_order FROM segments WHERE tenant_id = $1 AND slug = $2 FOR KEY SHARE", name: "segments.resolve")

  private static let findAddOns = PostgresStatement(
    "SELECT slug, id FROM add_ons WHERE tenant_id = $1 AND slug = ANY ($2) ORDER BY id FOR KEY SHARE",
    name: "add_ons.resolve")
}

/// The same records by their identifiers.
package struct ResolvedReferences: Sendable {
  var segment: (id: ID<Segment>, sortOrder: Int)?
  var addOns: [ID<AddOn>] = []
}
