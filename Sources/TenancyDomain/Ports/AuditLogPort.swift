package import Kernel

/// What has been done to the platform and its tenants. Only ever added to.
package protocol AuditLogPort: Sendable {
  /// Adds an entry. When it returns, the entry is kept.
  func add(_ entry: AuditEntry) async throws

  /// The newest entries, of one tenant or of all.
  func newest(_ tenant: TenantID?, limit: Int) async throws -> [AuditEntry]
}
