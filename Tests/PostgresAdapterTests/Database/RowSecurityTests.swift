import Kernel
import PortContracts
import PostgresAdapter
import PostgresClient
import Testing

/// What the database itself keeps apart, whatever a statement says.
@Suite("Row-level security")
struct RowSecurityTests {
  static let tables = [
    "add_ons", "audit_log", "blackouts", "bookings", "customers", "days", "idempotency_keys",
    "packages", "segments", "venues",
  ]
  static let exempt = ["api_keys", "outbox", "schema_migrations", "tenants"]

  @Test("Every table but those exempt by name has forced row-level security and a key that begins with the tenant")
  func everyTable() async throws {
    let database = try await TestDatabase.shared.value
    let secured = try await database.psql(
      """
      SELECT c.relname FROM pg_class c JOIN pg_index i ON i.indrelid = c.oid AND i.indisprimary
      JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = i.indkey[0]
      WHERE c.relnamespace = 'public'::regnamespace AND c.relrowsecurity AND c.relforcerowsecurity
        AND a.attname = 'tenant_id' ORDER BY 1
      """)
    let all = try await database.psql(
      "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' ORDER BY 1")
    #expect(secured.split(separator: "\n").map(String.init) == Self.tables)
    #expect(all.split(separator: "\n").map(String.init) == (Self.tables + Self.exempt).sorted())
  }

  @Test("Every foreign key between tables of tenants holds the tenant; every index of one begins with it")
  func tenantFirst() async throws {
    let database = try await TestDatabase.shared.value
    let keys = try await database.psql(
      """
      SELECT conname FROM pg_constraint
      WHERE contype = 'f' AND connamespace = 'public'::regnamespace AND confrelid <> 'tenants'::regclass
        AND NOT EXISTS (SELECT FROM pg_attribute WHERE attrelid = conrelid AND attnum = conkey[1] AND attname = 'tenant_id')
      """)
    #expect(keys == "")
    let indexes = try await database.psql(
      """
      SELECT i.relname FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid JOIN pg_class t ON t.oid = x.indrelid
      JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = x.indkey[0]
      WHERE t.relnamespace = 'public'::regnamespace AND t.relrowsecurity AND a.attname <> 'tenant_id' ORDER BY 1
      """)
    // What operators and the sweeper look for across tenants.
    #expect(
      indexes.split(separator: "\n").map(String.init) == [
        "audit_log_newest_idx", "bookings_days_idx", "bookings_holds_idx", "bookings_newest_idx",
        "customers_newest_idx", "idempotency_keys_expiry_idx",
      ])
  }

  @Test("The role that serves requests owns nothing, cannot log in and cannot bypass it")
  func role() async throws {
    let database = try await TestDatabase.shared.value
    let attributes = try await database.psql(
      """
      SELECT rolsuper OR rolbypassrls OR rolcanlogin OR rolcreaterole OR rolcreatedb,
        (SELECT count(*) FROM pg_class WHERE relowner = r.oid)
      FROM pg_roles r WHERE rolname = '\(TenantDatabase.role)'
      """)
    #expect(attributes == "f|0")
  }

  @Test("Without a tenant no row is seen, and with one only that tenant's, without any WHERE", arguments: tables)
  func reading(_ table: String) async throws {
    let (database, tenants) = try await filled()
    let all = try await count(table, in: database, as: nil)
    let own = try await count(table, in: database, as: tenants.tenant.description)
    #expect(all == 0)
    let expected = try await database.psql("SELECT count(*) FROM \(table) WHERE tenant_id = '\(tenants.tenant)'")
    #expect("\(own)" == expected)
    #expect(own > 0 || table == "audit_log")
  }

  @Test("A statement that names another tenant's rows changes none of them", arguments: tables)
  func writing(_ table: String) async throws {
    let (database, tenants) = try await filled()
    for statement in [
      "UPDATE \(table) SET tenant_id = tenant_id WHERE tenant_id = '\(tenants.other)'",
      "DELETE FROM \(table) WHERE tenant_id = '\(tenants.other)'",
    ] {
      do {
        let rows = try await perform(statement, in: database, as: tenants.tenant.description)
        #expect(rows.affected == 0, "\(statement)")
      } catch let error as PostgresError {
        // Some tables take no such statement from the role at all.
        #expect(error.sqlState == .insufficientPrivilege, "\(statement): \(error)")
      }
    }
  }

  @Test("A row cannot be written for, or moved to, another tenant")
  func planting() async throws {
    let (database, tenants) = try await filled()
    for statement in [
      "INSERT INTO venues (tenant_id, id, name, city, created_at, updated_at) "
        + "VALUES ('\(tenants.other)', gen_random_uuid(), 'A', 'B', now(), now())",
      "UPDATE venues SET tenant_id = '\(tenants.other)'",
    ] {
      let error = await #expect(throws: PostgresError.self) {
        _ = try await perform(statement, in: database, as: tenants.tenant.description)
      }
      #expect(error?.sqlState == .insufficientPrivilege, "\(statement)")
    }
  }

  @Test("The role cannot read word in the outbox, nor write tenants and keys")
  func exemptTables() async throws {
    let (database, tenants) = try await filled()
    for statement in [
      "SELECT * FROM outbox", "DELETE FROM outbox", "UPDATE tenants SET status = 'active'", "DELETE FROM api_keys",
      "DELETE FROM bookings", "UPDATE audit_log SET action = 'x'", "SELECT * FROM schema_migrations",
    ] {
      let error = await #expect(throws: PostgresError.self) {
        _ = try await perform(statement, in: database, as: tenants.tenant.description)
      }
      #expect(error?.sqlState == .insufficientPrivilege, "\(statement)")
    }
  }

  @Test("Role and tenant are gone when the transaction is over")
  func leaks() async throws {
    let (database, tenants) = try await filled()
    for _ in 0..<20 {
      _ = try await database.bookings.customers(tenants.tenant, PageRequest())
      let row = try await database.node.query("SELECT current_user::text, current_setting('app.tenant_id', true)")[0]
      #expect(try row.decode(0, as: String.self) == "tenantry")
      #expect(try row.decodeIfPresent(1, as: String.self) ?? "" == "")
    }
  }

  private func filled() async throws -> (TestDatabase, TenantPair) {
    let database = try await TestDatabase.shared.value
    return (database, try await database.fill())
  }

  private func count(_ table: String, in database: TestDatabase, as tenant: String?) async throws -> Int {
    try await perform("SELECT count(*) FROM \(table)", in: database, as: tenant)[0].decode(0)
  }

  private func perform(
    _ sql: String, in database: TestDatabase, as tenant: String?
  ) async throws -> PostgresRows {
    let setup = PostgresQuery(
      "SELECT set_config('role', $1, true), set_config('app.tenant_id', $2, true)",
      [.text(TenantDatabase.role), .text(tenant ?? "")])
    let statement = PostgresStatement(sql, isPrepared: false)
    return try await database.node.transaction(setup: [setup]) { try await $0.query(statement) }
  }
}
