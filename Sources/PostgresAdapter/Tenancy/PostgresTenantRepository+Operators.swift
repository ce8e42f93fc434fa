package import Kernel
import PostgresClient
package import TenancyDomain

/// What operators ask of the tenants.
extension PostgresTenantRepository {
  package func find(slug: Slug) async throws -> Tenant? {
    guard let row = try await platform.read(PostgresQuery(Self.bySlug, [.slug(slug)])).first else { return nil }
    var columns = ColumnReader(row)
    return try Tenant(&columns)
  }

  package func list(_ page: PageRequest) async throws -> [Tenant] {
    let query = PostgresQuery(
      Self.page, [.optional(try page.after.map(Self.id), PostgresValue.id), .int(page.limit + 1)])
    return try await platform.read(query).map { row in
      var columns = ColumnReader(row)
      return try Tenant(&columns)
    }
  }

  package func replaceKeys(_ tenant: TenantID, with keys: [StoredKey]) async throws -> Bool {
    guard keys.allSatisfy({ $0.tenant == tenant }) else {
      throw DomainError(.internalError, "A key is another tenant's.")
    }
    let kinds = Set(keys.map(\.kind.rawValue)).sorted()
    return try await platform.transaction(refusals: ["api_keys_pkey": Self.keyInUse]) { transaction in
      guard try await !transaction.query(Self.keyChange, [.tenant(tenant)]).isEmpty else { return false }
      let removal = PostgresQuery(Self.keyRemoval, [.tenant(tenant), .textArray(kinds)])
      _ = try await transaction.batch([removal] + keys.map { Self.insertion(of: $0, at: nil) })
      return true
    }
  }

  package func delete(_ tenant: TenantID) async throws -> Bool {
    let answers = try await platform.write(Self.removals.map { PostgresQuery($0, [.tenant(tenant)]) })
    return answers.last?.isEmpty == false
  }

  private static func id(_ place: SortPlace) throws -> UniqueID {
    guard case .text(let text)? = place.values.first, place.values.count == 1, let id = UniqueID(text) else {
      throw DomainError.malformed("cursor", "must be the nextCursor of a page of this list")
    }
    return id
  }

  private static let bySlug = PostgresStatement(
    "SELECT \(Tenant.columns) FROM tenants t WHERE t.slug = $1", name: "tenants.find_by_slug")

  private static let page = PostgresStatement(
    "SELECT \(Tenant.columns) FROM tenants t WHERE $1::uuid IS NULL OR t.id > $1 ORDER BY t.id LIMIT $2",
    name: "tenants.list")

  /// The tag of a tenant's keys, as `TenantDirectory` names it.
  static let tag =
    "ARRAY['\(OutboxWord.platformPrefix)tenants-' || left(encode(sha256(convert_to(slug, 'UTF8')), 'hex'), 2)]"

  /// Locks the tenant and leaves word of its keys.
  private static let keyChange = PostgresStatement(
    Outbox.telling("SELECT t.id, t.slug FROM tenants t WHERE t.id = $1 FOR UPDATE", tags: tag),
    name: "api_keys.change")

  private static let keyRemoval = PostgresStatement(
    "DELETE FROM api_keys WHERE tenant_id = $1 AND kind = ANY ($2)", name: "api_keys.remove")

  /// Locks the tenant, so that nobody adds to it, and empties every table in the order that references ask for.
  private static let removals: [PostgresStatement] =
    [PostgresStatement("SELECT 1 FROM tenants WHERE id = $1 FOR UPDATE", name: "tenants.lock")]
    + [
      "idempotency_keys", "bookings", "customers", "blackouts", "days", "packages", "add_ons", "segments", "venues",
      "api_keys",
    ].map { PostgresStatement("DELETE FROM \($0) WHERE tenant_id = $1", name: "\($0).clear") }
    + [
      PostgresStatement(
        Outbox.telling("DELETE FROM tenants t WHERE t.id = $1 RETURNING t.id, t.slug", tags: tag),
        name: "tenants.remove")
    ]
}
