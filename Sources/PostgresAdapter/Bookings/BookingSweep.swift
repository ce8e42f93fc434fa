import BookingsDomain
import Kernel
import PostgresClient

/// Stores what time has done to the bookings of all tenants, in steps of bounded size. Whatever another transaction has
/// locked is left to the next sweep, so the sweep waits for nobody and nobody deadlocks with it.
struct BookingSweep {
  private let platform: PlatformDatabase

  /// Most rows of one transaction.
  private static let step = 1_000

  init(_ platform: PlatformDatabase) { self.platform = platform }

  /// Sweeps; returns the dates that holds gave back.
  func run(at time: Timestamp) async throws -> [ReleasedDate] {
    var released: Set<ReleasedDate> = []
    var count = 0
    repeat {
      let rows = try await change(Self.expireHolds, [.time(time)])
      for row in rows { released.insert(ReleasedDate(tenant: try row.decode(0), date: try row.decode(1))) }
      count = rows.count
    } while count == Self.step
    try await completeDays(at: time)
    repeat { count = try await change(Self.forgetKeys, [.time(time)]).count } while count == Self.step
    return Array(released)
  }

  /// Days are over by the calendar of their tenant, which the kernel knows; the database may know other time zones.
  private func completeDays(at time: Timestamp) async throws {
    let zones = try await platform.read(PostgresQuery(Self.timeZones)).map { try $0.decode(0, as: TenantTimeZone.self) }
    let todays = zones.map { $0.date(at: time) }
    guard let latest = todays.max() else { return }
    let parameters: [PostgresValue] = [
      .textArray(zones.map(\.identifier)), .dateArray(todays.map { PostgresDate($0) }), .day(latest),
    ]
    var count = 0
    repeat { count = try await change(Self.completeDays, parameters).count } while count == Self.step
  }

  private func change(_ statement: PostgresStatement, _ parameters: [PostgresValue]) async throws -> PostgresRows {
    guard let rows = try await platform.write([PostgresQuery(statement, parameters + [.int(Self.step)])]).first else {
      throw DomainError(.internalError, "A statement was not answered.")
    }
    return rows
  }

  private static let timeZones = PostgresStatement("SELECT DISTINCT time_zone FROM tenants", name: "sweep.time_zones")

  private static let expireHolds = PostgresStatement(
    """
    WITH overdue AS (
      SELECT tenant_id, id FROM bookings WHERE status = 'PENDING' AND expires_at <= $1
      ORDER BY expires_at LIMIT $2 FOR UPDATE SKIP LOCKED
    ),
    changed AS (
      UPDATE bookings b SET status = 'EXPIRED' FROM overdue
      WHERE b.tenant_id = overdue.tenant_id AND b.id = overdue.id
      RETURNING b.tenant_id, b.date
    ),
    told AS (
      INSERT INTO outbox (tenant_id, tags)
      SELECT tenant_id, array_agg(DISTINCT \(Outbox.monthTag("date"))) FROM changed GROUP BY tenant_id
    )
    SELECT tenant_id, date FROM changed
    """, name: "sweep.expire_holds")

  private static let completeDays = PostgresStatement(
    """
    WITH past AS (
      SELECT b.tenant_id, b.id
      FROM bookings b
        JOIN tenants t ON t.id = b.tenant_id
        JOIN unnest($1, $2) AS zone (name, today) ON zone.name = t.time_zone
      WHERE b.status = 'CONFIRMED' AND b.date < $3 AND b.date < zone.today
      LIMIT $4 FOR UPDATE OF b SKIP LOCKED
    )
    UPDATE bookings b SET status = 'COMPLETED' FROM past
    WHERE b.tenant_id = past.tenant_id AND b.id = past.id
    RETURNING 1
    """, name: "sweep.complete_days")

  private static let forgetKeys = PostgresStatement(
    """
    DELETE FROM idempotency_keys WHERE (tenant_id, key) IN (
      SELECT tenant_id, key FROM idempotency_keys WHERE expires_at <= $1 LIMIT $2 FOR UPDATE SKIP LOCKED
    )
    RETURNING 1
    """, name: "sweep.forget_keys")
}
