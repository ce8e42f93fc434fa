import BookingsDomain
import Kernel
import PostgresClient

/// A database of 1,000 tenants with 5 segments, 20 add-ons, 200 packages, 40 venues, 50 customers and 100 bookings each.
enum GeneratedData {
  static let database = Task {
    let database = try await TestDatabase()
    try await database.psql(sql)
    try await database.psql("VACUUM ANALYZE")
    return database
  }

  /// One of the tenants, by its number from 1.
  static func tenant(_ number: Int) -> TenantID {
    TenantID(UniqueID(high: 0x7000, low: 0x8000_0000_0000_0000 + UInt64(number)))
  }

  /// A customer of each tenant, by the number from 1.
  static func customer(_ number: Int) -> ID<Customer> {
    ID(UniqueID(high: 0x7000, low: 0xD000_0000_0000_0000 + UInt64(number)))
  }

  /// A day: bookings are on days 1 to 100.
  static func day(_ number: Int) -> CalendarDate { CalendarDate(dayNumber: 20_970 + number) }

  /// Foreign keys are not checked while it runs, and indexes are made after it: several times as fast.
  private static let sql = """
    SET session_replication_role = replica;
    CREATE TEMPORARY TABLE dropped AS
      SELECT i.relname AS name, pg_get_indexdef(i.oid) AS definition
      FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid
      WHERE i.relnamespace = 'public'::regnamespace AND NOT x.indisunique;
    DO $$ DECLARE one record; BEGIN
      FOR one IN SELECT * FROM dropped LOOP EXECUTE format('DROP INDEX %I', one.name); END LOOP;
    END $$;
    CREATE FUNCTION pg_temp.id(kind text, number bigint) RETURNS uuid LANGUAGE sql IMMUTABLE
      AS $$ SELECT ('00000000-0000-7000-' || kind || '-' || lpad(to_hex(number), 12, '0'))::uuid $$;
    INSERT INTO tenants
      SELECT pg_temp.id('8000', t), 'tenant-' || t, 'Tenant ' || t, 'active', 'UTC', 'USD', 1,
        '2027-01-01'::timestamptz + t * interval '1 second'
      FROM generate_series(1, 1000) AS t;
    INSERT INTO segments
      SELECT t.id, pg_temp.id('9000', s), 1, 'segment-' || s, 'Segment ' || s, NULL, s, true, t.created_at, t.created_at
      FROM tenants t, generate_series(1, 5) AS s;
    INSERT INTO add_ons
      SELECT t.id, pg_temp.id('a000', a), 1, 'add-on-' || a, 'Add-on ' || a, 'Something to add', 1000 * a,
        pg_temp.id('9000', 1 + a % 5), a % 10 <> 0, t.created_at, t.created_at
      FROM tenants t, generate_series(1, 20) AS a;
    INSERT INTO packages
      SELECT t.id, pg_temp.id('b000', p), 1, 'package-' || p, 'Package ' || p * 7919 % 200, repeat('What it is. ', 20),
        10000 + p * 37 % 50 * 100, 'USD', pg_temp.id('9000', 1 + p % 5), 1 + p % 5, 'grouping-' || p % 4, p % 10,
        CASE WHEN p % 10 = 0 THEN 'draft' ELSE 'published' END, ARRAY['https://images.example/' || p || '.jpg'],
        ARRAY['A picture'], t.created_at + p * interval '1 minute', t.created_at,
        ARRAY(SELECT pg_temp.id('a000', 1 + (p + a) % 20) FROM generate_series(1, 3) AS a)
      FROM tenants t, generate_series(1, 200) AS p;
    INSERT INTO venues
      SELECT t.id, pg_temp.id('c000', v), 1, 'Venue ' || v, 'City ' || v % 10, NULL, NULL, true, t.created_at, t.created_at
      FROM tenants t, generate_series(1, 40) AS v;
    INSERT INTO customers
      SELECT t.id, pg_temp.id('d000', c), 'c' || c || '@example.com', 'c' || c || '@example.com', 'Customer ' || c, NULL,
        t.created_at + c * interval '1 hour'
      FROM tenants t, generate_series(1, 50) AS c;
    INSERT INTO days SELECT t.id, '2027-06-01'::date + d, d > 100 FROM tenants t, generate_series(1, 110) AS d;
    INSERT INTO blackouts (tenant_id, id, date, created_at, updated_at)
      SELECT tenant_id, gen_random_uuid(), date, now(), now() FROM days WHERE is_blackout;
    INSERT INTO bookings (tenant_id, id, status, date, slot, capacity, customer_id, package_slug, package_title,
        package_price_cents, customer_name, customer_email, currency, access_token, created_at, confirmed_at, expires_at)
      SELECT t.id, pg_temp.id('e000', b), (ARRAY['CONFIRMED', 'CANCELLED', 'COMPLETED', 'PENDING', 'EXPIRED'])[1 + b % 5],
        '2027-06-01'::date + b, 0, 1, pg_temp.id('d000', 1 + b % 50), 'package-1', 'Package', 10000, 'Customer',
        'c@example.com', 'USD', sha256('token'), t.created_at + b * interval '1 hour',
        CASE WHEN b % 5 IN (0, 2) THEN t.created_at + b * interval '2 hours' END,
        t.created_at + b * interval '1 hour' + interval '15 minutes'
      FROM tenants t, generate_series(1, 100) AS b;
    INSERT INTO idempotency_keys
      SELECT tenant_id, id::text, sha256('request'), id, '{}', created_at, created_at + interval '1 day' FROM bookings;
    DO $$ DECLARE one record; BEGIN
      FOR one IN SELECT * FROM dropped LOOP EXECUTE one.definition; END LOOP;
    END $$;
    """
}
