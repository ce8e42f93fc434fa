package import CatalogDomain
package import Kernel

/// Rows that a rule made.
package struct RowsInMemory: PackageRowSource {
  private let rows: [PackageRow]
  private let failure: DomainError?

  /// - Parameter failure: thrown after the last row.
  package init(rows: [PackageRow], failure: DomainError? = nil) {
    self.rows = rows
    self.failure = failure
  }

  package func open() async throws -> any PackageRowReader { Reader(rest: rows[...], failure: failure) }

  private struct Reader: PackageRowReader {
    var rest: ArraySlice<PackageRow>
    let failure: DomainError?

    mutating func next() async throws -> [PackageRow] {
      if rest.isEmpty, let failure { throw failure }
      defer { rest = rest.dropFirst(250) }
      return Array(rest.prefix(250))
    }
  }
}
