package import Kernel

/// What became of an import.
package struct PackageImportReport: Codable, Sendable, Equatable {
  /// One thing that is wrong with a row.
  package struct Flaw: Codable, Sendable, Equatable {
    /// Where the row begins, counted from 1.
    package let line: Int
    @ExplicitNull package var slug: String?
    /// The field at fault; nil when it is the row as a whole.
    @ExplicitNull package var field: String?
    package let message: String
  }

  /// Whether what could be imported is there now: rows that failed keep all others out, unless the import keeps going.
  package fileprivate(set) var applied = true
  package fileprivate(set) var created = 0
  package fileprivate(set) var updated = 0
  /// Rows that say what is there already.
  package fileprivate(set) var unchanged = 0
  /// Rows that have a flaw.
  package fileprivate(set) var failed = 0
  /// The first of what is wrong.
  package fileprivate(set) var errors: [Flaw] = []

  /// Most flaws that are told.
  package static let mostFlaws = 1_000

  package init() {}
}

/// Decides row by row what an import changes, and keeps the report: the same for every adapter.
package struct PackageImport: Sendable {
  /// The slugs that rows may name.
  package struct References: Sendable {
    package let segments: Set<Slug>
    package let addOns: Set<Slug>

    package init(segments: Set<Slug>, addOns: Set<Slug>) {
      self.segments = segments
      self.addOns = addOns
    }
  }

  package private(set) var report = PackageImportReport()
  private let references: References
  private let keepsGoing: Bool
  private var lines: [Slug: Int] = [:]

  /// - Parameter keepsGoing: whether good rows are imported though others have flaws.
  package init(references: References, keepsGoing: Bool) {
    self.references = references
    self.keepsGoing = keepsGoing
  }

  /// The fields to write for a row, or nil when there is nothing to write: it has a flaw, says what is there already, or
  /// nothing is written any longer.
  /// - Parameter present: the fields of the package of that slug, nil when there is none.
  package mutating func admit(_ row: PackageRow, over present: Package.Fields?) throws -> Package.Fields? {
    switch row {
    case .flawed(let line, let slug, let refusal):
      refuse(line, slug, refusal)
      return nil
    case .draft(let draft):
      do {
        let fields = try checked(draft, present)
        guard fields != present else {
          report.unchanged += 1
          return nil
        }
        if present == nil { report.created += 1 } else { report.updated += 1 }
        return isWanted ? fields : nil
      } catch let refusal as DomainError {
        refuse(draft.line, draft.slug.description, refusal)
        return nil
      }
    }
  }

  /// Whether what was admitted is to be kept.
  package var isWanted: Bool { keepsGoing || report.failed == 0 }

  /// The report once everything is committed, or rolled back when nothing of it is wanted.
  package var outcome: PackageImportReport {
    var outcome = report
    guard !isWanted else { return outcome }
    (outcome.applied, outcome.created, outcome.updated, outcome.unchanged) = (false, 0, 0, 0)
    return outcome
  }

  private mutating func checked(_ draft: PackageDraft, _ present: Package.Fields?) throws -> Package.Fields {
    if let line = lines.updateValue(draft.line, forKey: draft.slug) {
      lines[draft.slug] = line
      throw DomainError.invalid("slug", "is that of line \(line) too")
    }
    let fields = try draft.fields(over: present)
    if let segment = fields.segmentSlug, !references.segments.contains(segment) {
      throw DomainError.invalid("segmentSlug", "There is no segment \(segment).")
    }
    for (position, slug) in fields.addOnSlugs.enumerated() {
      guard references.addOns.contains(slug) else {
        throw DomainError.invalid("addOnSlugs[\(position)]", "There is no add-on \(slug).")
      }
      guard !fields.addOnSlugs[..<position].contains(slug) else {
        throw DomainError.invalid("addOnSlugs[\(position)]", "The add-on \(slug) is named twice.")
      }
    }
    return fields
  }

  private mutating func refuse(_ line: Int, _ slug: String?, _ refusal: DomainError) {
    report.failed += 1
    let fields: [DomainError.FieldError?] = refusal.fields.isEmpty ? [nil] : refusal.fields
    for field in fields where report.errors.count < PackageImportReport.mostFlaws {
      report.errors.append(
        .init(line: line, slug: slug, field: field?.field, message: field?.message ?? refusal.message))
    }
  }
}
