import PostgresClient

/// The statements that make rows for some tenants, in the order that their references ask for.
///
/// $1 and $2 number of the first and the last tenant, $3 seed, $4 packages of each tenant, $5 bookings of all, $6 number
/// of all tenants, $7 today.
enum GeneratedRows {
  static let statements = [
    adding(tenants), adding(keys), adding(segments), adding(addOns), telling(packages, tag: "'offers'"),
    adding(venues), adding(customers), adding(days),
    telling(bookings, tag: Outbox.monthTag("added.date"), returning: "tenant_id, date"),
  ].map { PostgresStatement("WITH made AS (\(made))" + $0, name: "generate") }

  /// Leaves alone what is there.
  private static func adding(_ insertion: String) -> String { " \(insertion) ON CONFLICT DO NOTHING" }

  /// The same, and leaves word of what tenants from earlier runs have gained. Of tenants that this transaction makes,
  /// nothing can be cached.
  private static func telling(_ insertion: String, tag: String, returning columns: String = "tenant_id") -> String {
    """
    , added AS (\(adding(insertion)) RETURNING \(columns)),
    told AS (
      INSERT INTO outbox (tenant_id, tags)
      SELECT t.id, array_agg(DISTINCT \(tag)::text) FROM added JOIN tenants t ON t.id = added.tenant_id
      WHERE t.xmin <> pg_current_xact_id()::xid
      GROUP BY t.id
      RETURNING 1
    )
    SELECT pg_notify('\(OutboxNotice.channel)', '') FROM told LIMIT 1
    """
  }

  /// The tenants of the step: number, identifier, slug, when they began, and how many bookings they have.
  private static let made = """
    SELECT number, \(id("tenant", "0", of: "numbered")) AS id, 'generated-' || $3::bigint || '-' || number AS slug, created_at,
      $5::bigint / $6::bigint + CASE WHEN number <= $5::bigint % $6::bigint THEN 1 ELSE 0 END AS bookings
    FROM (
      SELECT number, timestamptz '2026-01-01 00:00Z' + number * interval '1 second' AS created_at
      FROM generate_series($1::bigint, $2::bigint) AS number
    ) AS numbered
    """

  private static let tenants = """
    INSERT INTO tenants (id, slug, name, status, time_zone, currency, daily_capacity, created_at)
    SELECT made.id, slug, 'Generated tenant ' || number, 'active', 'UTC', 'USD', 1, created_at FROM made
    """

  private static let keys = """
    INSERT INTO api_keys (digest, tenant_id, kind, created_at)
    SELECT sha256(convert_to(kind || '_test_' || slug || '_' || lpad(to_hex(number), 32, '0'), 'UTF8')), id, kind,
      created_at
    FROM made, unnest(ARRAY['pk', 'sk']) AS kind
    """

  private static let segments = """
    INSERT INTO segments (tenant_id, id, slug, name, sort_order, created_at, updated_at)
    SELECT id, \(id("segment", "s")), 'segment-' || s, 'Segment ' || s, s, created_at, created_at
    FROM made, generate_series(1, 5) AS s
    """

  private static let addOns = """
    INSERT INTO add_ons (tenant_id, id, slug, title, description, price_cents, segment_id, active, created_at, updated_at)
    SELECT id, \(id("add-on", "a")), 'add-on-' || a, 'Add-on ' || a, 'Something to add',
      500 + \(random(1, "a", below: "95")) * 100, \(id("segment", "1 + a % 5")), a % 10 <> 0, created_at, created_at
    FROM made, generate_series(1, 20) AS a
    """

  private static let packages = """
    INSERT INTO packages (tenant_id, id, slug, title, description, price_cents, currency, segment_id, segment_order,
      grouping, grouping_order, status, photo_urls, photo_alts, add_on_ids, created_at, updated_at)
    SELECT id, \(id("package", "p")), 'package-' || p, 'Package ' || \(random(2, "p", below: "100000")),
      repeat('What it is. ', 10 + \(random(3, "p", below: "30"))::integer),
      10000 + \(random(4, "p", below: "900")) * 100, 'USD', \(id("segment", "1 + p % 5")), 1 + p % 5,
      'grouping-' || \(random(5, "p", below: "4")), p % 10, CASE WHEN p % 10 = 0 THEN 'draft' ELSE 'published' END,
      ARRAY['https://images.example/' || p || '.jpg'], ARRAY['A picture'],
      ARRAY(SELECT \(id("add-on", "1 + (p + a) % 20")) FROM generate_series(1, 3) AS a),
      created_at + p * interval '1 minute', created_at
    FROM made, generate_series(1, $4::bigint) AS p
    """

  private static let venues = """
    INSERT INTO venues (tenant_id, id, name, city, created_at, updated_at)
    SELECT id, \(id("venue", "v")), 'Venue ' || v, 'City ' || v % 10, created_at, created_at
    FROM made, generate_series(1, 40) AS v
    """

  /// One for every two bookings.
  private static let customers = """
    INSERT INTO customers (tenant_id, id, email_key, email, name, created_at)
    SELECT id, \(id("customer", "c")), 'customer' || c || '@example.com', 'customer' || c || '@example.com',
      'Customer ' || c, created_at + c * interval '1 hour'
    FROM made, generate_series(1, (bookings + 1) / 2) AS c
    """

  private static let days = """
    INSERT INTO days (tenant_id, date)
    SELECT id, $7::date + (b - bookings / 2)::integer FROM made, generate_series(1, bookings) AS b
    """

  /// One a day, half of them in days that are over. A package that a tenant has not is left out with its booking.
  private static let bookings = """
    INSERT INTO bookings (tenant_id, id, status, date, slot, capacity, customer_id, package_slug, package_title,
      package_price_cents, customer_name, customer_email, currency, access_token, created_at, confirmed_at,
      cancelled_at, expires_at)
    SELECT tenant_id, id, status, date, 0, 1, customer_id, slug, title, price_cents, 'Customer', 'customer@example.com',
      'USD', sha256(convert_to(id::text, 'UTF8')), booked_at,
      CASE WHEN status IN ('CONFIRMED', 'COMPLETED') THEN booked_at + interval '5 minutes' END,
      CASE WHEN status = 'CANCELLED' THEN booked_at + interval '1 hour' END, booked_at + interval '15 minutes'
    FROM (
      SELECT made.id AS tenant_id, \(id("booking", "b")) AS id, \(id("customer", "1 + (b - 1) / 2")) AS customer_id,
        p.slug, p.title, p.price_cents, made.created_at + b * interval '1 hour' AS booked_at,
        $7::date + (b - bookings / 2)::integer AS date,
        CASE
          WHEN \(random(6, "b", below: "10")) < 2 THEN 'CANCELLED'
          WHEN \(random(6, "b", below: "10")) = 2 THEN 'EXPIRED'
          WHEN b < bookings / 2 THEN 'COMPLETED'
          ELSE 'CONFIRMED'
        END AS status
      FROM made
        CROSS JOIN generate_series(1, bookings) AS b
        JOIN packages p ON p.tenant_id = made.id
          AND p.slug = 'package-' || 1 + \(random(7, "b", below: "greatest($4::bigint, 1)"))
    ) AS agreed
    """

  /// An identifier of version 7 whose time is that of the tenant, and whose rest follows from what it names.
  private static func id(_ kind: String, _ number: String, of tenant: String = "made") -> String {
    let hash = "md5($3::bigint || ' \(kind) ' || \(tenant).number || ' ' || (\(number)))"
    return """
      (lpad(to_hex((extract(epoch FROM \(tenant).created_at) * 1000)::bigint + (\(number))), 12, '0') || '7' || \
      left(\(hash), 3) || '8' || substr(\(hash), 4, 15))::uuid
      """
  }

  /// A number from 0 that looks random and follows from the seed, the tenant, `stream` and `number`.
  private static func random(_ stream: Int, _ number: String, below limit: String) -> String {
    """
    ((hashint8extended((\(stream) * 1000003 + made.number) * 1000003 + (\(number)), $3::bigint) & 9223372036854775807) \
    % \(limit))
    """
  }
}
