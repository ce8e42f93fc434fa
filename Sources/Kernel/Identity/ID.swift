/// An identifier of one kind of record, so that a venue's cannot be passed for a booking's.
package struct ID<Subject>: Hashable, Comparable, Sendable, Codable {
  package let raw: UniqueID

  /// Wraps an identifier that is known to be a `Subject`'s.
  package init(_ raw: UniqueID) { self.raw = raw }

  package init(from decoder: any Decoder) throws { raw = try UniqueID(from: decoder) }

  package func encode(to encoder: any Encoder) throws { try raw.encode(to: encoder) }

  package static func < (left: Self, right: Self) -> Bool { left.raw < right.raw }
}

extension ID: CustomStringConvertible {
  package var description: String { raw.description }
}
