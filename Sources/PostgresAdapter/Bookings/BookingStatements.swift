import PostgresClient

/// The statements by which a date is booked. They go out together with BEGIN and COMMIT in one round trip, so no lock is
/// held while a client thinks; each looks at what those before it left, under READ COMMITTED with a snapshot of its own.
///
/// Whether the call may go on is kept in the setting `app.claim`, local to the transaction: `true` after ``claimKey``
/// when no other call with the key is under way, and after ``claimDay`` when the key is unused and the day had room.
enum BookingStatements {
  /// Takes the idempotency key for this transaction, or learns that another has it. Never waits.
  ///
  /// $1 tenant, $2 key. One row: whether it is ours.
  static let claimKey = PostgresStatement(
    """
    SELECT set_config('app.claim', pg_try_advisory_xact_lock(hashtextextended($1::text || ' ' || $2, 0))::text, true)
      = 'true'
    """, name: "bookings.claim_key")

  /// Makes a row for a day that has none. It names no index, so that of writers at once none fails.
  ///
  /// $1 tenant, $2 day.
  static let addDay = PostgresStatement(
    """
    INSERT INTO days (tenant_id, date)
    SELECT $1, $2 WHERE NOT EXISTS (SELECT FROM days WHERE tenant_id = $1 AND date = $2)
    ON CONFLICT DO NOTHING
    """, name: "days.add")

  /// Takes the lock of the day, unless the call is a repetition or there was no room to begin with: of many calls for a
  /// day that is taken, few wait.
  ///
  /// $1 tenant, $2 day, $3 key, $4 now, $5 capacity.
  static let claimDay = PostgresStatement(
    """
    WITH day AS (
      SELECT 1 FROM days
      WHERE tenant_id = $1 AND date = $2 AND NOT is_blackout
        AND current_setting('app.claim', true) = 'true'
        AND NOT EXISTS (SELECT FROM idempotency_keys WHERE tenant_id = $1 AND key = $3 AND expires_at > $4)
        AND (\(liveCount(day: "$2", now: "$4"))) < $5
      FOR NO KEY UPDATE
    )
    SELECT set_config('app.claim', EXISTS (SELECT FROM day)::text, true)
    """, name: "bookings.claim_day")

  /// Lets the overdue holds of a day go that has room without them: else one that is being confirmed at this moment would
  /// come on top of the capacity.
  ///
  /// $1 tenant, $2 day, $3 now, $4 capacity.
  static let expireHoldsOfClaim = PostgresStatement(
    """
    UPDATE bookings SET status = 'EXPIRED'
    WHERE tenant_id = $1 AND status = 'PENDING' AND date = $2 AND live_on = $2 AND expires_at <= $3
      AND current_setting('app.claim', true) = 'true' AND (\(liveCount(day: "$2", now: "$3"))) < $4
    """, name: "bookings.expire_holds_of_claim")

  /// Lets the overdue holds of a day go. $1 tenant, $2 day, $3 now.
  static let expireHolds = PostgresStatement(
    """
    UPDATE bookings SET status = 'EXPIRED'
    WHERE tenant_id = $1 AND status = 'PENDING' AND date = $2 AND live_on = $2 AND expires_at <= $3
    """, name: "bookings.expire_holds")

  /// Stores the booking in the lowest free place of its day, with its customer, the answer for its key and word of it; or
  /// nothing. The lock of the day makes the count true, and the constraints hold whoever writes.
  static let store = PostgresStatement(
    """
    WITH free AS (
      SELECT min(slot) AS slot
      FROM generate_series(0, $25::integer - 1) AS slot
      WHERE current_setting('app.claim', true) = 'true'
        AND NOT EXISTS (SELECT FROM bookings b WHERE b.tenant_id = $1 AND b.live_on = $3 AND b.slot = slot.slot)
        AND EXISTS (SELECT FROM days WHERE tenant_id = $1 AND date = $3 AND NOT is_blackout)
        AND (SELECT count(*) FROM bookings WHERE tenant_id = $1 AND live_on = $3) < $25
      HAVING min(slot) IS NOT NULL
    ),
    customer AS (
      INSERT INTO customers (tenant_id, id, email_key, email, name, phone, created_at)
      SELECT $1, $19, $20, $11, $10, $12, $15 FROM free
      ON CONFLICT (tenant_id, email_key)
        DO UPDATE SET email = excluded.email, name = excluded.name, phone = excluded.phone
      RETURNING id
    ),
    answer AS (
      INSERT INTO idempotency_keys (tenant_id, key, fingerprint, booking_id, answer, created_at, expires_at)
      SELECT $1, $21, $22, $2, $23::json, $15, $24 FROM free
      ON CONFLICT (tenant_id, key) DO UPDATE
        SET fingerprint = excluded.fingerprint, booking_id = excluded.booking_id, answer = excluded.answer,
          created_at = excluded.created_at, expires_at = excluded.expires_at
    ),
    told AS (
      INSERT INTO outbox (tenant_id, tags) SELECT $1, ARRAY[\(Outbox.monthTag("$3::date"))] FROM free
    )
    INSERT INTO bookings (tenant_id, id, date, package_slug, package_title, package_price_cents, add_ons,
      venue_id, venue_name, venue_city, customer_name, customer_email, customer_phone, currency, notes, created_at,
      expires_at, access_token, status, customer_id, slot, capacity)
    SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $13, $10, $11, $12, $14, $16, $15,
      $17, $18, 'PENDING', customer.id, free.slot, $25
    FROM free, customer
    """, name: "bookings.store")

  /// Whether what is kept under a key now is this call's booking; no row when nothing is.
  ///
  /// $1 tenant, $2 key, $3 now, $4 the identifier of this call's booking.
  static let outcome = PostgresStatement(
    """
    SELECT booking_id = $4 FROM idempotency_keys WHERE tenant_id = $1 AND key = $2 AND expires_at > $3
    """, name: "bookings.outcome")

  /// Whether something is kept under a key: a row or none. $1 tenant, $2 key, $3 now.
  static let answer = PostgresStatement(
    "SELECT FROM idempotency_keys WHERE tenant_id = $1 AND key = $2 AND expires_at > $3", name: "bookings.answer")

  /// What is kept under a key, its row locked, so that COMMIT waits as it did for the transaction that stored it.
  ///
  /// $1 tenant, $2 key, $3 now.
  static let lockAnswer = PostgresStatement(
    """
    SELECT fingerprint, answer FROM idempotency_keys WHERE tenant_id = $1 AND key = $2 AND expires_at > $3
    FOR NO KEY UPDATE
    """, name: "bookings.lock_answer")

  /// Confirms or cancels. $1 tenant, $2 booking, $3 the expected status, $4 the new one, $5 and $6 when it was confirmed
  /// and cancelled, $7 why.
  static let replace = PostgresStatement(
    """
    WITH changed AS (
      UPDATE bookings SET status = $4, confirmed_at = $5, cancelled_at = $6, reason = $7
      WHERE tenant_id = $1 AND id = $2 AND status = $3
      RETURNING date
    ),
    told AS (INSERT INTO outbox (tenant_id, tags) SELECT $1, ARRAY[\(Outbox.monthTag("date"))] FROM changed)
    SELECT date FROM changed
    """, name: "bookings.replace")

  private static func liveCount(day: String, now: String) -> String {
    """
    SELECT count(*) FROM bookings
    WHERE tenant_id = $1 AND live_on = \(day) AND (status = 'CONFIRMED' OR expires_at > \(now))
    """
  }
}
