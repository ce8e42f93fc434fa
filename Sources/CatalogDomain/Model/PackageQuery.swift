package import Kernel

/// In which order packages are listed.
package enum PackageSort: String, Sendable, CaseIterable {
  /// Segment order, order within the grouping, title.
  case order
  case title
  case price
  case descendingPrice = "-price"
  case newest

  /// Where a package stands in this order; unique by its identifier.
  package func place(of package: Package) -> SortPlace {
    let fields = package.fields
    let values: [SortValue] =
      switch self {
      case .order: [.number(package.segmentOrder), .number(fields.groupingOrder), .text(fields.title)]
      case .title: [.text(fields.title)]
      case .price: [.number(fields.priceCents)]
      case .descendingPrice: [.number(-fields.priceCents)]
      case .newest: [.number(-Int(package.createdAt.milliseconds))]
      }
    return SortPlace(values + [.text(package.id.description)])
  }
}

/// Which published packages a storefront asks for.
package struct PackageQuery: Hashable, Sendable {
  /// The slug of a segment.
  package var segment: String?
  package var grouping: String?
  /// Text to find in title or description, letter case aside.
  package var text: String?
  package var sort: PackageSort
  package var page: PageRequest

  package init(
    segment: String? = nil, grouping: String? = nil, text: String? = nil, sort: PackageSort = .order,
    page: PageRequest = PageRequest()
  ) {
    self.segment = segment
    self.grouping = grouping
    self.text = text
    self.sort = sort
    self.page = page
  }

  /// Whether the client names values of its own.
  var isFiltered: Bool { segment != nil || grouping != nil }

  /// Everything that tells the query from others, without what has its default.
  var keyParts: [String] {
    var parts: [String] = []
    if let segment { parts.append("segment=" + segment) }
    if let grouping { parts.append("grouping=" + grouping) }
    if let text { parts.append("text=" + text) }
    if sort != .order { parts.append("sort=" + sort.rawValue) }
    return parts + page.keyParts
  }
}

extension PageRequest {
  /// Everything that tells the page from others, without what has its default.
  var keyParts: [String] {
    var parts: [String] = []
    if limit != Self.defaultLimit { parts.append("limit=\(limit)") }
    if let after { parts.append("after=" + Cursor(list: "", place: after).text) }
    return parts
  }
}
