package import Kernel
package import PostgresClient
package import TenancyDomain

/// Tenants and keys in PostgreSQL.
package struct PostgresTenantRepository: TenantRepositoryPort {
  private let database: TenantDatabase
  let platform: PlatformDatabase

  /// A repository over a database.
  /// - Parameters:
  ///   - database: as it is used before a tenant is known: it may read tenants and keys, and no more.
  ///   - platform: the same database for operators' work.
  package init(database: TenantDatabase, platform: PlatformDatabase) {
    self.database = database
    self.platform = platform
  }

  package func holder(of digest: Digest) async throws -> KeyHolder? {
    guard let row = try await database.read(PostgresQuery(Self.holder, [.digest(digest)])).first else { return nil }
    var columns = ColumnReader(row)
    let kind: APIKey.Kind = try columns.next()
    let tenant = try Tenant(&columns)
    return KeyHolder(tenant: tenant, key: StoredKey(digest: digest, kind: kind, tenant: tenant.id))
  }

  package func activeTenants() async throws -> [Tenant] {
    try await platform.read(PostgresQuery(Self.active)).map { row in
      var columns = ColumnReader(row)
      return try Tenant(&columns)
    }
  }

  package func insert(_ tenant: Tenant, keys: [StoredKey]) async throws {
    guard keys.allSatisfy({ $0.tenant == tenant.id }) else {
      throw DomainError(.internalError, "A key is another tenant's.")
    }
    let insertion = PostgresQuery(
      Self.insertion,
      [
        .tenant(tenant.id), .slug(tenant.slug), .text(tenant.name), .text(tenant.status.rawValue),
        .text(tenant.timeZone.identifier), .text(tenant.currency.description), .int(tenant.dailyCapacity),
        .time(tenant.createdAt),
      ])
    _ = try await platform.write(
      [insertion] + keys.map { Self.insertion(of: $0, at: tenant.createdAt) },
      refusals: [
        "tenants_slug_key": DomainError(.slugTaken, "There is another tenant with the slug \(tenant.slug)."),
        "tenants_pkey": DomainError(.internalError, "The tenant's identifier is in use."),
        "api_keys_pkey": Self.keyInUse,
      ])
  }

  package func setStatus(_ tenant: TenantID, _ status: Tenant.Status) async throws -> Tenant? {
    let change = PostgresQuery(Self.setStatus, [.tenant(tenant), .text(status.rawValue)])
    guard let row = try await platform.write([change]).first?.first else { return nil }
    var columns = ColumnReader(row)
    return try Tenant(&columns)
  }

  static let keyInUse = DomainError(.internalError, "A key of the tenant is in use.")

  /// - Parameter time: nil for the time of the transaction.
  static func insertion(of key: StoredKey, at time: Timestamp?) -> PostgresQuery {
    PostgresQuery(
      keyInsertion,
      [.digest(key.digest), .tenant(key.tenant), .text(key.kind.rawValue), .optional(time, PostgresValue.time)])
  }

  private static let holder = PostgresStatement(
    """
    SELECT k.kind, \(Tenant.columns) FROM api_keys k JOIN tenants t ON t.id = k.tenant_id WHERE k.digest = $1
    """, name: "tenants.holder")

  private static let active = PostgresStatement(
    "SELECT \(Tenant.columns) FROM tenants t WHERE t.status = 'active' ORDER BY t.created_at, t.id",
    name: "tenants.active")

  private static let insertion = PostgresStatement(
    """
    INSERT INTO tenants (id, slug, name, status, time_zone, currency, daily_capacity, created_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
    """, name: "tenants.insert")

  private static let keyInsertion = PostgresStatement(
    "INSERT INTO api_keys (digest, tenant_id, kind, created_at) VALUES ($1, $2, $3, coalesce($4::timestamptz, now()))",
    name: "api_keys.insert")

  private static let setStatus = PostgresStatement(
    Outbox.telling(
      "UPDATE tenants t SET status = $2 WHERE t.id = $1 RETURNING \(Tenant.columns)",
      tags: tag),
    name: "tenants.set_status")
}

extension Tenant {
  /// What ``init(_:)`` reads, of a table `t`.
  static let columns = """
    t.id, t.slug, t.name, t.status, t.time_zone, t.currency, t.daily_capacity, t.created_at
    """

  /// Reads ``columns``.
  init(_ columns: inout ColumnReader) throws(PostgresError) {
    self.init(
      id: try columns.next(), slug: try columns.next(), name: try columns.next(), status: try columns.next(),
      timeZone: try columns.next(), currency: try columns.next(), dailyCapacity: try columns.next(),
      createdAt: try columns.next())
  }
}

extension Tenant.Status: PostgresDecodable {
  package init(from cell: PostgresCell) throws(PostgresError) {
    guard let status = Self(rawValue: try String(from: cell)) else { throw cell.mismatch("status of a tenant") }
    self = status
  }
}

extension APIKey.Kind: PostgresDecodable {
  package init(from cell: PostgresCell) throws(PostgresError) {
    guard let kind = Self(rawValue: try String(from: cell)) else { throw cell.mismatch("kind of key") }
    self = kind
  }
}
