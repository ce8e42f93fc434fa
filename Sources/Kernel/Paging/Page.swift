/// One page of a list, in its wire form.
package struct Page<Element: Codable & Sendable>: Codable, Sendable {
  package let data: [Element]
  /// Where the next page begins; nil on the last.
  @ExplicitNull package var nextCursor: String?

  package init(data: [Element], nextCursor: String?) {
    self.data = data
    _nextCursor = ExplicitNull(wrappedValue: nextCursor)
  }

  /// Makes a page of at most `limit` out of `limit + 1` records, the last of which only tells that more follow.
  /// - Parameters:
  ///   - list: names the list and its order; a cursor of another list is refused.
  ///   - place: where a record stands in the list.
  package init<Record>(
    _ records: [Record], limit: Int, list: String, place: (Record) -> SortPlace, view: (Record) -> Element
  ) {
    let shown = records.prefix(limit)
    let last = records.count > limit ? shown.last : nil
    self.init(data: shown.map(view), nextCursor: last.map { Cursor(list: list, place: place($0)).text })
  }
}

/// Which part of a list is wanted.
package struct PageRequest: Hashable, Sendable {
  /// The place after which the page begins; nil for the first page.
  package let after: SortPlace?
  /// Most records, 1 to 100.
  package let limit: Int

  /// The limit of a request that names none.
  package static let defaultLimit = 50
  /// The limits a request may name.
  package static let limits = 1...100

  package init(after: SortPlace? = nil, limit: Int = Self.defaultLimit) {
    self.after = after
    self.limit = limit
  }
}

extension Sequence where Element: Sendable {
  /// The records of a page in order, and one more when the list goes on after it.
  package func page(_ request: PageRequest, by place: (Element) -> SortPlace) -> [Element] {
    let placed = map { (place: place($0), element: $0) }.filter { item in request.after.map { $0 < item.place } ?? true
    }
    return placed.sorted { $0.place < $1.place }.prefix(request.limit + 1).map(\.element)
  }
}
