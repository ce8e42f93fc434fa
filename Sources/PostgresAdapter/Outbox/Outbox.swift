import Kernel
import PostgresClient

/// How changes leave word of what they made stale, in their own transaction.
enum Outbox {
  /// Leaves word of tags that a statement names, and wakes the relay when the transaction commits.
  static func word(of tags: [String], _ tenant: TenantID) -> PostgresQuery {
    PostgresQuery(insertion, [.tenant(tenant), .textArray(tags), .text(OutboxNotice.channel)])
  }

  /// A change that leaves word and wakes the relay if it returns rows. Returns the same rows with one more column.
  /// - Parameters:
  ///   - change: a statement that ends with RETURNING.
  ///   - tags: an array, made of the columns that `change` returns.
  ///   - another: a second change, made of what `changed` returns.
  static func telling(_ change: String, tags: String, and another: String? = nil) -> String {
    """
    WITH changed AS (\(change)),
      \(another.map { "also AS (\($0))," } ?? "")
      told AS (INSERT INTO outbox (tenant_id, tags) SELECT $1, \(tags) FROM changed)
    SELECT changed.*, pg_notify('\(OutboxNotice.channel)', '') FROM changed
    """
  }

  /// The tag of the month of a date, as a part of a statement: `month-2027-07`, as `AvailabilityService` names it.
  static func monthTag(_ date: String) -> String { "'month-' || to_char(\(date), 'YYYY-MM')" }

  private static let insertion = PostgresStatement(
    "WITH told AS (INSERT INTO outbox (tenant_id, tags) VALUES ($1, $2)) SELECT pg_notify($3, '')", name: "outbox.tell")
}
