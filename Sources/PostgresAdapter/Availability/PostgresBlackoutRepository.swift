package import AvailabilityDomain
package import Kernel
import PostgresClient

/// Blackouts in PostgreSQL.
///
/// Whatever touches a day locks its row in `days` first, as bookings do, and in the order of days: so writers queue and
/// do not deadlock, and that no day has both is left to the foreign keys on that row.
package struct PostgresBlackoutRepository: BlackoutRepositoryPort {
  private let database: TenantDatabase

  /// A repository over a database.
  package init(database: TenantDatabase) { self.database = database }

  package func find(_ tenant: TenantID, _ reference: BlackoutReference) async throws -> Blackout? {
    let query =
      switch reference {
      case .id(let id): PostgresQuery(Self.byID, [.tenant(tenant), .id(id)])
      case .date(let date): PostgresQuery(Self.byDate, [.tenant(tenant), .day(date)])
      }
    return try await database.read(tenant, query).first.map(Blackout.init)
  }

  package func list(_ tenant: TenantID, _ page: PageRequest) async throws -> [Blackout] {
    let keyset = Keyset(.init("date", .day))
    var parameters = Parameters(tenant)
    var condition = "tenant_id = $1"
    if let place = page.after { condition += " AND " + (try keyset.condition(after: place, &parameters)) }
    let statement = PostgresStatement(
      "\(Self.selection) WHERE \(condition) ORDER BY date LIMIT \(parameters.add(.int(page.limit + 1)))",
      name: "blackouts.list")
    return try await database.read(tenant, PostgresQuery(statement, parameters.values)).map(Blackout.init)
  }

  package func insert(
    _ tenant: TenantID, id: ID<Blackout>, _ fields: Blackout.Fields, at time: Timestamp
  ) async throws -> Blackout {
    let insertion = PostgresQuery(
      Self.insertion, [.tenant(tenant), .id(id), .day(fields.date), .optional(fields.reason), .time(time)])
    _ = try await database.write(
      tenant, Self.claim(tenant, [fields.date], for: fields.date, at: time) + [insertion],
      refusals: Self.refusals(fields.date))
    return Blackout(id: id, version: 1, fields: fields, createdAt: time, updatedAt: time)
  }

  package func update(
    _ tenant: TenantID, id: ID<Blackout>, version: Int, _ fields: Blackout.Fields, at time: Timestamp
  ) async throws -> Blackout? {
    try await database.transaction(tenant, refusals: Self.refusals(fields.date)) { transaction in
      // Read without a lock: one on the blackout would come before those on the days. The update looks again.
      let known = try await transaction.query(Self.byID, [.tenant(tenant), .id(id)]).first.map(Blackout.init)
      guard let known, known.version == version else { return nil }
      let update = PostgresQuery(
        Self.update,
        [.tenant(tenant), .id(id), .int(version), .day(fields.date), .optional(fields.reason), .time(time)])
      let claim = Self.claim(tenant, [known.fields.date, fields.date], for: fields.date, at: time)
      guard try await transaction.batch(claim + [update]).last?.isEmpty == false else { return nil }
      return Blackout(
        id: id, version: version + 1, fields: fields, createdAt: known.createdAt, updatedAt: time)
    }
  }

  package func delete(_ tenant: TenantID, id: ID<Blackout>, version: Int) async throws -> Bool {
    let key: [PostgresValue] = [.tenant(tenant), .id(id)]
    let answers = try await database.write(
      tenant, [PostgresQuery(Self.lockDay, key), PostgresQuery(Self.deletion, key + [.int(version)])])
    return answers.last?.isEmpty == false
  }
}

extension PostgresBlackoutRepository {
  /// Locks the rows of days, and lets the overdue holds of one of them go: else one that is being confirmed at this moment
  /// would come to share the day.
  private static func claim(
    _ tenant: TenantID, _ days: Set<CalendarDate>, for date: CalendarDate, at time: Timestamp
  ) -> [PostgresQuery] {
    let (owner, days) = (PostgresValue.tenant(tenant), days.sorted())
    return days.map { PostgresQuery(BookingStatements.addDay, [owner, .day($0)]) } + [
      PostgresQuery(lockDays, [owner, .dateArray(days.map { PostgresDate($0) })]),
      PostgresQuery(BookingStatements.expireHolds, [owner, .day(date), .time(time)]),
    ]
  }

  private static func refusals(_ date: CalendarDate) -> Refusals {
    [
      "blackouts_pkey": DomainError(.internalError, "The identifier of the blackout is in use."),
      "blackouts_date_key": DomainError(.dateTaken, "There is a blackout on \(date) already."),
      "bookings_day_fkey": DomainError(.dateTaken, "There are bookings on \(date)."),
    ]
  }

  private static let selection = "SELECT id, version, date, reason, created_at, updated_at FROM blackouts"

  private static let byID = PostgresStatement(
    selection + " WHERE tenant_id = $1 AND id = $2", name: "blackouts.find")

  private static let byDate = PostgresStatement(
    selection + " WHERE tenant_id = $1 AND date = $2", name: "blackouts.find_by_date")

  private static let lockDays = PostgresStatement(
    "SELECT 1 FROM days WHERE tenant_id = $1 AND date = ANY ($2) ORDER BY date FOR UPDATE", name: "days.lock")

  private static let lockDay = PostgresStatement(
    """
    SELECT 1 FROM days
    WHERE tenant_id = $1 AND date = (SELECT date FROM blackouts WHERE tenant_id = $1 AND id = $2) FOR UPDATE
    """, name: "days.lock_of_blackout")

  private static let insertion = PostgresStatement(
    Outbox.telling(
      """
      INSERT INTO blackouts (tenant_id, id, date, reason, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $5)
      RETURNING date
      """,
      tags: "ARRAY[\(Outbox.monthTag("date"))]",
      and: "UPDATE days SET is_blackout = true WHERE tenant_id = $1 AND date = $3"),
    name: "blackouts.insert")

  private static let update = PostgresStatement(
    Outbox.telling(
      """
      UPDATE blackouts b SET version = b.version + 1, date = $4, reason = $5, updated_at = $6
      FROM (SELECT date FROM blackouts WHERE tenant_id = $1 AND id = $2) AS old
      WHERE b.tenant_id = $1 AND b.id = $2 AND b.version = $3
      RETURNING old.date AS old_date, b.date AS new_date
      """,
      tags: "ARRAY[\(Outbox.monthTag("old_date")), \(Outbox.monthTag("new_date"))]",
      and: """
        UPDATE days SET is_blackout = (date = new_date)
        FROM changed WHERE tenant_id = $1 AND date IN (old_date, new_date)
        """),
    name: "blackouts.update")

  private static let deletion = PostgresStatement(
    Outbox.telling(
      "DELETE FROM blackouts WHERE tenant_id = $1 AND id = $2 AND version = $3 RETURNING date AS old_date",
      tags: "ARRAY[\(Outbox.monthTag("old_date"))]",
      and: "UPDATE days SET is_blackout = false FROM changed WHERE tenant_id = $1 AND date = old_date"),
    name: "blackouts.delete")
}

extension Blackout {
  fileprivate init(_ row: PostgresRow) throws {
    var columns = ColumnReader(row)
    self.init(
      id: try columns.next(), version: try columns.next(),
      fields: Fields(date: try columns.next(), reason: try columns.nextIfPresent()), createdAt: try columns.next(),
      updatedAt: try columns.next())
  }
}
