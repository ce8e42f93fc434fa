package import CatalogDomain
package import Kernel

/// Many packages at once in memory. The rows are decided on what is there at the beginning; when that has changed at the
/// end, they are decided anew.
package struct InMemoryPackageBulk: PackageBulkPort {
  private let database: InMemoryDatabase

  /// Bulk writes to a database.
  package init(database: InMemoryDatabase) { self.database = database }

  private struct Change: Sendable {
    /// What is there; nil where the package is new.
    let present: PackageRow?
    let fields: Package.Fields
  }

  package func upsert(
    _ tenant: TenantID, _ source: any PackageRowSource, keepsGoing: Bool, at time: Timestamp, newID: IDGenerator
  ) async throws -> PackageImportReport {
    while true {
      try Task.checkCancellation()
      let tables = database.read(tenant) { $0.catalog }
      var work = PackageImport(
        references: .init(
          segments: Set(tables.segments.all.compactMap { $0.slug.flatMap { Slug($0) } }),
          addOns: Set(tables.addOns.all.compactMap { $0.slug.flatMap { Slug($0) } })), keepsGoing: keepsGoing)
      var changes: [Change] = []
      var reader = try await source.open()
      while case let rows = try await reader.next(), !rows.isEmpty {
        for row in rows {
          let present = row.slug.flatMap { tables.packages.named($0.description) }
          if let fields = try work.admit(row, over: present?.entity(in: tables).fields) {
            changes.append(Change(present: present, fields: fields))
          }
        }
      }
      guard work.isWanted else { return work.outcome }
      let written = changes
      let isDone = database.write(tenant) { Self.apply(written, to: &$0.catalog, at: time, newID) }
      if isDone { return work.outcome }
    }
  }

  /// Writes all, or nothing when something is not as it was.
  private static func apply(
    _ changes: [Change], to tables: inout CatalogTables, at time: Timestamp, _ newID: IDGenerator
  ) -> Bool {
    var changed = tables
    // In the order of the file, so that an export has it too.
    let ids = changes.map { _ in newID(Package.self) }.sorted { $0.raw < $1.raw }
    for (change, id) in zip(changes, ids) {
      guard changed.packages.named(change.fields.slug.description)?.stampedAs(change.present) ?? (change.present == nil)
      else { return false }
      let stamp = RowStamp<Package>(
        id: change.present?.id ?? id, version: (change.present?.version ?? 0) + 1,
        createdAt: change.present?.createdAt ?? time, updatedAt: time)
      do throws(DomainError) {
        try changed.packages.put(try PackageRow(stamp, change.fields, in: changed))
      } catch {
        // What it names has gone meanwhile: decided anew, the row has a flaw.
        return false
      }
    }
    tables = changed
    return true
  }
}

extension PackageRow {
  /// Whether this is the same version of the same package.
  fileprivate func stampedAs(_ other: PackageRow?) -> Bool { id == other?.id && version == other?.version }
}
