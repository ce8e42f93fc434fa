import Kernel

extension Sequence where Element: Sendable {
  /// The records of a page as `page` gives them. Throws `malformedRequest` for a place that is not of this list: clients
  /// can make cursors up.
  func checkedPage(
    _ request: PageRequest, by place: (Element) -> SortPlace
  ) throws(DomainError) -> [Element] {
    let records = Array(self)
    if let after = request.after, let record = records.first, !after.isLike(place(record)) {
      throw DomainError.malformed("cursor", "must be the nextCursor of a page of this list")
    }
    return records.page(request, by: place)
  }
}

extension SortPlace {
  /// Whether both have as many values, of the same kinds.
  fileprivate func isLike(_ other: SortPlace) -> Bool {
    values.count == other.values.count
      && zip(values, other.values).allSatisfy { pair in
        switch pair {
        case (.number, .number), (.text, .text): true
        case (.number, .text), (.text, .number): false
        }
      }
  }
}
