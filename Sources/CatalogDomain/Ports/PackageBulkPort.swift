package import Kernel

/// Where many packages are written at once.
package protocol PackageBulkPort: Sendable {
  /// Puts the rows in place by their slugs: what is there is changed, what is not is added, nothing is removed.
  ///
  /// One transaction: when a row has a flaw, as ``PackageImport`` finds, nothing of any is kept, unless `keepsGoing` says
  /// that good rows are. What the rows name is looked up in the same transaction. The source may be read more than once.
  /// What it throws is thrown, and nothing is kept then.
  func upsert(
    _ tenant: TenantID, _ source: any PackageRowSource, keepsGoing: Bool, at time: Timestamp, newID: IDGenerator
  ) async throws -> PackageImportReport
}
