package import Kernel

/// How often packages are looked at.
package protocol PackageViewsPort: Sendable {
  /// Counts one view, later. Never waits and never fails: some may be lost, see the adapter.
  func count(_ tenant: TenantID, slug: String)

  /// The views of each package on each day (UTC); days without any are left out. Nil when nobody can tell now.
  func views(
    _ tenant: TenantID, slugs: [String], days: ClosedRange<CalendarDate>
  ) async -> [String: [CalendarDate: Int]]?
}

extension PackageViewsPort {
  /// Counts a view if that is what a question to the catalog is.
  package func count(_ tenant: TenantID, _ read: CatalogRead) {
    if case .package(let slug) = read { count(tenant, slug: slug) }
  }
}
