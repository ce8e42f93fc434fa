import Caching
import Kernel
package import Logging
package import PostgresClient

/// The database as the repositories use it: every statement runs as the application role, which row-level security binds,
/// with the tenant set for its transaction alone; role, tenant and statement go out together.
///
/// What it throws: `DomainError` for what a caller can act on, ``PostgresError`` for what nobody foresaw.
package struct TenantDatabase: Sendable {
  private let database: any PostgresDatabase
  private let desk: OutboxDesk?
  private let logger: Logger
  private let options: PostgresTransactionOptions

  /// The role that serves requests. It owns nothing and cannot log in.
  package static let role = "tenantry_app"

  /// The database of all tenants.
  /// - Parameters:
  ///   - desk: where changes that run in a cache note their commits; without it their word is left to the relay.
  ///   - retries: how often a transaction that others stood in the way of is run again.
  ///   - logger: told why a call found the database unavailable, which a `DomainError` does not say.
  package init(_ database: any PostgresDatabase, desk: OutboxDesk? = nil, retries: Int = 3, logger: Logger) {
    self.database = database
    self.desk = desk
    self.logger = logger
    options = PostgresTransactionOptions(retries: retries)
  }

  /// One statement that reads, on the primary unless `options` say otherwise.
  func read(
    _ tenant: TenantID, _ query: PostgresQuery, _ options: PostgresReadOptions = .current
  ) async throws -> PostgresRows {
    try await failing { try await database.read(query, setup: [Self.setup(tenant)], options: options) }
  }

  /// One statement that reads before the tenant is known: what row-level security shows to nobody, it does not see.
  func read(_ query: PostgresQuery) async throws -> PostgresRows {
    try await failing { try await database.read(query, setup: [Self.setup(nil)], options: .current) }
  }

  /// A whole transaction in one round trip.
  /// - Parameter refusals: what a violated constraint means, by its name.
  func write(
    _ tenant: TenantID, _ statements: [PostgresQuery], refusals: Refusals = [:]
  ) async throws -> [PostgresRows] {
    let (setup, options) = changing(tenant)
    return try await failing(refusals) {
      try await database.oneRoundTrip(statements, setup: [setup], options: options)
    }
  }

  /// A transaction that decides between its statements. It is run again as a whole when others stood in its way.
  func transaction<Result: Sendable>(
    _ tenant: TenantID, refusals: Refusals = [:], _ body: @Sendable (PostgresTransaction) async throws -> Result
  ) async throws -> Result {
    let (setup, options) = changing(tenant)
    return try await failing(refusals) {
      try await database.transaction(setup: [setup], options: options, body)
    }
  }

  private func changing(_ tenant: TenantID) -> (PostgresQuery, PostgresTransactionOptions) {
    var options = options
    guard let change = desk?.note(in: &options) else { return (Self.setup(tenant), options) }
    let values: [PostgresValue] = [.text(Self.role), .text("\(change)"), .text(tenant.description)]
    return (PostgresQuery(Self.setTenantAndChange, values), options)
  }

  private func failing<Result>(
    _ refusals: Refusals = [:], _ body: () async throws -> Result
  ) async throws -> Result {
    do { return try await body() } catch { throw DatabaseFailure.error(for: error, refusals, logger) }
  }

  private static func setup(_ tenant: TenantID?) -> PostgresQuery {
    PostgresQuery(setTenant, [.text(role), .text(tenant?.description ?? "")])
  }

  private static let setTenant = PostgresStatement(
    "SELECT set_config('role', $1, true), set_config('app.tenant_id', $2, true)", name: "set_tenant")

  private static let setTenantAndChange = PostgresStatement(
    """
    SELECT set_config('role', $1, true), set_config('app.change', $2, true), set_config('app.tenant_id', $3, true)
    """, name: "set_tenant_and_change")
}

/// What violated constraints mean to a caller, by their names.
typealias Refusals = [String: DomainError]

extension PostgresReadOptions {
  /// What was acknowledged before the call is seen.
  package static var current: PostgresReadOptions { PostgresReadOptions(source: .primary) }

  /// What the load that the current task runs must see, from a replica if one has it; the same as ``current`` outside of
  /// loads.
  static var load: PostgresReadOptions {
    LoadFreshness.position.map { PostgresReadOptions(source: .replayed(PostgresWALPosition($0))) } ?? .current
  }

  /// The same for statements that look at more than an index leads to.
  static var search: PostgresReadOptions { PostgresReadOptions(source: .primary, lane: .pool) }
}
