import Foundation
package import Kernel
import PostgresClient
package import TenancyDomain

/// The audit log in PostgreSQL, written and read as the owner of the schema.
package struct PostgresAuditLog: AuditLogPort {
  /// Stands for no tenant.
  private static let platform = TenantID(UniqueID(high: 0, low: 0))

  private let database: PlatformDatabase

  /// The log of a database.
  package init(platform database: PlatformDatabase) { self.database = database }

  package func add(_ entry: AuditEntry) async throws {
    let detail = String(decoding: try JSONEncoder().encode(entry.detail), as: UTF8.self)
    _ = try await database.write([
      PostgresQuery(
        Self.insertion,
        [
          .tenant(entry.tenant ?? Self.platform), .id(entry.id), .time(entry.at), .text(entry.actor),
          .text(entry.action), .optional(entry.subject), .json(detail), .optional(entry.requestID),
        ])
    ])
  }

  package func newest(_ tenant: TenantID?, limit: Int) async throws -> [AuditEntry] {
    let query =
      if let tenant {
        PostgresQuery(Self.newestOfTenant, [.tenant(tenant), .int(max(0, limit))])
      } else {
        PostgresQuery(Self.newest, [.int(max(0, limit))])
      }
    return try await database.read(query).map { row in
      var columns = ColumnReader(row)
      let tenant: TenantID = try columns.next()
      return AuditEntry(
        id: try columns.next(), tenant: tenant == Self.platform ? nil : tenant, at: try columns.next(),
        actor: try columns.next(), action: try columns.next(), subject: try columns.nextIfPresent(),
        detail: try JSONDecoder().decode([String: String].self, from: Data(try columns.next(String.self).utf8)),
        requestID: try columns.nextIfPresent())
    }
  }

  private static let insertion = PostgresStatement(
    """
    INSERT INTO audit_log (tenant_id, id, at, actor, action, subject, detail, request_id)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
    """, name: "audit_log.insert")

  private static let columns = "tenant_id, id, at, actor, action, subject, detail::text, request_id"

  private static let newest = PostgresStatement(
    "SELECT \(columns) FROM audit_log ORDER BY at DESC, id LIMIT $1", name: "audit_log.newest")

  private static let newestOfTenant = PostgresStatement(
    "SELECT \(columns) FROM audit_log WHERE tenant_id = $1 ORDER BY at DESC, id LIMIT $2",
    name: "audit_log.newest_of_tenant")
}
