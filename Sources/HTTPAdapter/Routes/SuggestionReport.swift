import Kernel

/// What would make the database's statements faster.
package struct SuggestionReport: Encodable, Sendable {
  let data: [Suggestion]

  package init(data: [Suggestion]) { self.data = data }

  /// One advice with its reason.
  package struct Suggestion: Encodable, Sendable {
    package enum Kind: String, Encodable, Sendable {
      /// An index that would spare reading a whole table.
      case index
      /// A statement to be executed once for many rows instead of once for each.
      case repeatedStatement = "n-plus-one"
    }

    let kind: Kind
    /// The statement it would help.
    let fingerprint: String
    let reason: String
    @ExplicitNull var table: String?
    /// The columns of the index, in this order.
    @ExplicitNull var columns: [String]?
    /// What makes the index.
    @ExplicitNull var statement: String?

    /// An index on columns of a table, made by `statement`.
    package static func index(
      _ table: String, _ columns: [String], statement: String, for fingerprint: String, because reason: String
    ) -> Self {
      Self(
        kind: .index, fingerprint: fingerprint, reason: reason, table: table, columns: columns, statement: statement)
    }

    /// One statement instead of many.
    package static func gather(_ fingerprint: String, because reason: String) -> Self {
      Self(kind: .repeatedStatement, fingerprint: fingerprint, reason: reason, table: nil, columns: nil, statement: nil)
    }
  }
}
