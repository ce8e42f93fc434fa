package import BookingsDomain
package import Kernel
import PostgresClient

/// Bookings and customers in PostgreSQL. Everything is asked of the primary.
package struct PostgresBookingRepository: BookingRepositoryPort {
  private let database: TenantDatabase
  private let platform: PlatformDatabase

  /// A repository over a database.
  /// - Parameter platform: the same database for what reaches across tenants: the sweep.
  package init(database: TenantDatabase, platform: PlatformDatabase) {
    self.database = database
    self.platform = platform
  }

  /// One round trip. See ``BookingStatements``.
  package func book(
    _ tenant: TenantID, _ booking: Booking, customer: ID<Customer>, key: IdempotencyKey, answer: Booking.View,
    capacity: Int
  ) async throws -> BookingReceipt {
    let (owner, day, now, room) = (
      PostgresValue.tenant(tenant), PostgresValue.day(booking.date), PostgresValue.time(booking.createdAt),
      PostgresValue.int(capacity)
    )
    let answers = try await database.write(
      tenant,
      [
        PostgresQuery(BookingStatements.claimKey, [owner, .text(key.text)]),
        PostgresQuery(BookingStatements.addDay, [owner, day]),
        PostgresQuery(BookingStatements.claimDay, [owner, day, .text(key.text), now, room]),
        PostgresQuery(BookingStatements.expireHoldsOfClaim, [owner, day, now, room]),
        try Self.storing(booking, tenant, customer, key, answer, capacity),
        PostgresQuery(BookingStatements.outcome, [owner, .text(key.text), now, .id(booking.id)]),
      ],
      refusals: ["bookings_pkey": DomainError(.internalError, "The identifier of the booking is in use.")])
    guard let outcome = answers.last?.first else {
      guard try answers.first?.first?.decode(0, as: Bool.self) == true else { throw Self.inFlight }
      throw DomainError(.dateUnavailable, "The date \(booking.date) is not available.")
    }
    if try outcome.decode(0) { return .created(answer) }
    guard let kept = try await durable(tenant, key, at: booking.createdAt) else { throw Self.inFlight }
    return .replayed(kept)
  }

  /// Never throws `idempotencyInFlight`: a call that has not ended has left nothing yet.
  package func receipt(
    _ tenant: TenantID, _ key: IdempotencyKey, at time: Timestamp
  ) async throws -> Booking.View? {
    let query = PostgresQuery(BookingStatements.answer, [.tenant(tenant), .text(key.text), .time(time)])
    guard try await !database.read(tenant, query).isEmpty else { return nil }
    return try await durable(tenant, key, at: time)
  }

  /// What is kept under a key, once it cannot be lost any more. What a transaction whose wait for its standby was
  /// cancelled has left is seen by all, and may yet die with the primary; so before it is acknowledged a second time a
  /// COMMIT that locked its row has to be waited for.
  private func durable(_ tenant: TenantID, _ key: IdempotencyKey, at time: Timestamp) async throws -> Booking.View? {
    let query = PostgresQuery(BookingStatements.lockAnswer, [.tenant(tenant), .text(key.text), .time(time)])
    guard let row = try await database.write(tenant, [query]).first?.first else { return nil }
    return try Self.kept(key, fingerprint: row.decode(0), answer: row.decode(1))
  }

  package func find(_ tenant: TenantID, _ id: ID<Booking>) async throws -> Booking? {
    let query = PostgresQuery(Self.byID, [.tenant(tenant), .id(id)])
    return try await database.read(tenant, query).first.map(Booking.init)
  }

  /// Writes what an action changes: status, times and reason. All else of a booking stands as it was agreed.
  package func replace(_ tenant: TenantID, _ booking: Booking, expected: BookingStatus) async throws -> Bool {
    let query = PostgresQuery(
      BookingStatements.replace,
      [
        .tenant(tenant), .id(booking.id), .text(expected.rawValue), .text(booking.storedStatus.rawValue),
        .optional(booking.confirmedAt, PostgresValue.time), .optional(booking.cancelledAt, PostgresValue.time),
        .optional(booking.reason),
      ])
    return try await database.write(tenant, [query]).first?.isEmpty == false
  }

  package func list(
    _ tenant: TenantID, _ query: BookingQuery, at time: Timestamp, today: CalendarDate
  ) async throws -> [Booking] {
    let selection = try BookingSelection(tenant, query, at: time, today: today)
    return try await database.read(tenant, selection.query).map(Booking.init)
  }

  package func customers(_ tenant: TenantID, _ page: PageRequest) async throws -> [Customer] {
    let keyset = Keyset(.init("created_at", .negativeTime), .init("id", .id))
    var parameters = Parameters(tenant)
    var condition = "tenant_id = $1"
    if let place = page.after { condition += " AND " + (try keyset.condition(after: place, &parameters)) }
    let statement = PostgresStatement(
      """
      SELECT \(Customer.columns) FROM customers
      WHERE \(condition) ORDER BY \(keyset.orderBy) LIMIT \(parameters.add(.int(page.limit + 1)))
      """, name: "customers.list")
    return try await database.read(tenant, PostgresQuery(statement, parameters.values)).map { try Customer($0) }
  }

  package func counts(
    _ tenant: TenantID, madeOn days: ClosedRange<CalendarDate>
  ) async throws -> [BookingCount] {
    let start = Timestamp(milliseconds: Int64(days.lowerBound.dayNumber) * 86_400_000)
    let end = Timestamp(milliseconds: Int64(days.upperBound.dayNumber + 1) * 86_400_000)
    let query = PostgresQuery(Self.counts, [.tenant(tenant), .time(start), .time(end)])
    return try await database.read(tenant, query, .search).map { row in
      BookingCount(package: try row.decode(0), day: try row.decode(1), bookings: try row.decode(2))
    }
  }

  package func sweep(at time: Timestamp) async throws -> [ReleasedDate] {
    try await BookingSweep(platform).run(at: time)
  }

  private static func kept(_ key: IdempotencyKey, fingerprint: Digest, answer: String) throws -> Booking.View {
    guard fingerprint == key.fingerprint else {
      throw DomainError(.idempotencyMismatch, "The idempotency key was used for another request.")
    }
    return try JSONText.decode(Booking.View.self, from: answer)
  }

  private static func storing(
    _ booking: Booking, _ tenant: TenantID, _ customer: ID<Customer>, _ key: IdempotencyKey, _ answer: Booking.View,
    _ capacity: Int
  ) throws -> PostgresQuery {
    let contact = booking.customer
    return PostgresQuery(
      BookingStatements.store,
      [
        .tenant(tenant), .id(booking.id), .day(booking.date), .slug(booking.package.slug),
        .text(booking.package.title), .int(booking.package.priceCents), .json(try JSONText.encode(booking.addOns)),
        .optional(booking.venue?.id, PostgresValue.id), .optional(booking.venue?.name), .text(contact.name),
        .text(contact.email), .optional(contact.phone), .optional(booking.venue?.city),
        .text(booking.currency.description), .time(booking.createdAt), .optional(booking.notes),
        .time(booking.expiresAt),
        .digest(booking.accessToken), .id(customer), .text(contact.email.lowercased()), .text(key.text),
        .digest(key.fingerprint), .text(try JSONText.encode(answer)),
        .time(booking.createdAt.advanced(by: IdempotencyKey.lifetime)), .int(capacity),
      ])
  }

  private static let inFlight = DomainError(
    .idempotencyInFlight, "Another request with this idempotency key is being carried out.")

  private static let counts = PostgresStatement(
    """
    SELECT package_slug, (created_at AT TIME ZONE 'UTC')::date, count(*) FROM bookings
    WHERE tenant_id = $1 AND created_at >= $2 AND created_at < $3 GROUP BY 1, 2
    """, name: "bookings.counts")

  private static let byID = PostgresStatement(
    "SELECT \(Booking.columns) FROM bookings WHERE tenant_id = $1 AND id = $2", name: "bookings.find")
}
