package import Caching
package import Kernel

/// Takes in and hands out all packages of a tenant.
package struct PackageExchange: Sendable {
  private let bulk: any PackageBulkPort
  private let packages: any CatalogRepositoryPort<Package>
  private let cache: any CacheServicePort
  private let clock: any WallClock
  private let newID: IDGenerator
  private let onWrite: @Sendable (TenantID, [Slug]) async -> Void

  /// Packages of one step of an export.
  private static let step = 200

  /// An exchange over repositories.
  /// - Parameter onWrite: called with the slugs of the file's first rows before an import that changed something returns.
  package init(
    bulk: any PackageBulkPort, packages: any CatalogRepositoryPort<Package>, cache: any CacheServicePort,
    clock: any WallClock, newID: IDGenerator,
    onWrite: @escaping @Sendable (_ tenant: TenantID, _ slugs: [Slug]) async -> Void = { _, _ in }
  ) {
    self.bulk = bulk
    self.packages = packages
    self.cache = cache
    self.clock = clock
    self.newID = newID
    self.onWrite = onWrite
  }

  /// Imports rows; see ``PackageBulkPort/upsert(_:_:keepsGoing:at:newID:)``. The caches are right before it returns: what
  /// they hold of the tenant's offers becomes stale once, however many rows there are.
  package func importRows(
    _ tenant: TenantID, _ source: any PackageRowSource, keepsGoing: Bool
  ) async throws -> PackageImportReport {
    let report = try await cache.changeUnlessRefused([.named(CatalogTag.offers, .tenant(tenant))]) {
      let report = try await bulk.upsert(tenant, source, keepsGoing: keepsGoing, at: clock.now(), newID: newID)
      return report.hasChanges ? .committed(report) : .unchanged(report)
    }
    if report.hasChanges { await onWrite(tenant, await Self.firstSlugs(source)) }
    return report
  }

  /// The slugs of the first rows; none when they cannot be read once more, since what was imported is.
  private static func firstSlugs(_ source: any PackageRowSource) async -> [Slug] {
    guard var reader = try? await source.open(), let rows = try? await reader.next() else { return [] }
    return rows.compactMap(\.slug)
  }

  /// The packages after a place, whatever their status, in order of creation; none at the end.
  package func next(_ tenant: TenantID, after place: SortPlace?) async throws -> [Package] {
    Array(try await packages.list(tenant, PageRequest(after: place, limit: Self.step)).prefix(Self.step))
  }
}

extension PackageImportReport {
  /// Whether anything is other than before.
  package var hasChanges: Bool { applied && created + updated > 0 }
}
