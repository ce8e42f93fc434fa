import PostgresClient

/// What is done to word that was left. Whoever has a row in hand is not waited for.
enum OutboxStatements {
  /// The oldest rows of at least an age; those that were not announced come first.
  static let take = PostgresStatement(
    """
    SELECT id, tenant_id, tags FROM outbox WHERE created_at <= clock_timestamp() - make_interval(secs => $2)
    ORDER BY is_announced, id LIMIT $1 FOR UPDATE SKIP LOCKED
    """, name: "outbox.take")

  /// The same of those that were not announced.
  static let takeUnannounced = PostgresStatement(
    """
    SELECT id, tenant_id, tags FROM outbox
    WHERE NOT is_announced AND created_at <= clock_timestamp() - make_interval(secs => $2)
    ORDER BY id LIMIT $1 FOR UPDATE SKIP LOCKED
    """, name: "outbox.take_unannounced")

  /// A process that is stopped with rows in hand does not keep them from others for long.
  static let limitIdleness = PostgresStatement(
    "SELECT set_config('idle_in_transaction_session_timeout', '2500', true)", name: "outbox.limit_idleness")

  static let position = PostgresStatement("SELECT pg_current_wal_insert_lsn()", name: "outbox.position")

  static let remove = PostgresStatement("DELETE FROM outbox WHERE id = ANY ($1)", name: "outbox.remove")

  /// Removes the word of changes.
  static let takeBack = PostgresStatement(
    """
    DELETE FROM outbox WHERE id IN (SELECT id FROM outbox WHERE change = ANY ($1) FOR UPDATE SKIP LOCKED)
    """, name: "outbox.take_back")

  /// Notifies of the word of changes, on a channel, in the name of an instance.
  static let announce = announcing("change = ANY ($1)", name: "outbox.announce")

  /// Notifies of rows.
  static let announceRows = announcing("id = ANY ($1)", name: "outbox.announce_rows")

  /// What is left, whoever left it.
  static let pending = PostgresStatement("SELECT DISTINCT tenant_id, tags FROM outbox", name: "outbox.pending")

  /// A notification takes less than 8,000 bytes: the tags of a row go into as many as it needs, each of half that and a tag more
  /// at most.
  private static func announcing(_ condition: String, name: String) -> PostgresStatement {
    PostgresStatement(
      """
      WITH word AS (
        UPDATE outbox SET is_announced = true WHERE \(condition) AND NOT is_announced RETURNING id, tenant_id, tags
      ),
      part AS (
        SELECT id, tenant_id, tag, sum(octet_length(tag) + 1) OVER (PARTITION BY id ORDER BY place) / 4000 AS number
        FROM word, unnest(tags) WITH ORDINALITY AS listed (tag, place)
      )
      SELECT pg_notify($2, concat_ws(' ', $3::text, tenant_id, string_agg(tag, ' '))) FROM part
      GROUP BY id, tenant_id, number
      """, name: name)
  }
}
