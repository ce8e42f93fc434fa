package import Kernel

/// One package as a file has it.
package enum PackageRow: Sendable {
  case draft(PackageDraft)
  /// What cannot be read: at which line, and why.
  case flawed(line: Int, slug: String?, DomainError)

  /// What names the package, where that can be read.
  package var slug: Slug? {
    switch self {
    case .draft(let draft): draft.slug
    case .flawed: nil
    }
  }
}

/// What a file says of one package. What it leaves out stays as it is, or has its default where the package is new.
package struct PackageDraft: Sendable {
  /// Where the row begins, counted from 1.
  package let line: Int
  package let slug: Slug
  private let make: @Sendable (Package.Fields?) throws -> Package.Fields

  /// - Parameter make: the fields as they become, out of what is there; throws `validationFailed`.
  package init(
    line: Int, slug: Slug, make: @escaping @Sendable (_ present: Package.Fields?) throws -> Package.Fields
  ) {
    self.line = line
    self.slug = slug
    self.make = make
  }

  /// The fields as they become. Throws `validationFailed`.
  package func fields(over present: Package.Fields?) throws -> Package.Fields { try make(present) }
}

/// The rows of a file, which can be read from the start as often as they are needed.
package protocol PackageRowSource: Sendable {
  func open() async throws -> any PackageRowReader
}

/// Rows in the order of the file.
package protocol PackageRowReader {
  /// The next rows, at most some hundreds; none at the end. Throws `malformedRequest` for a file that is none.
  mutating func next() async throws -> [PackageRow]
}
