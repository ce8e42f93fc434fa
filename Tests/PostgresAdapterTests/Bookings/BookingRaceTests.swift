import AvailabilityDomain
import BookingsDomain
import Kernel
import PortContracts
import PostgresAdapter
import PostgresClient
import Synchronization
import Testing

@Suite("Bookings under contention and faults")
struct BookingRaceTests {
  @Test(
    "Of 1,000 calls at once for one date exactly one succeeds, and the rest learn that it is taken", arguments: [1, 3])
  func racers(capacity: Int) async throws {
    let database = try await TestDatabase()
    let tenant = try await TenantPair.insert(into: database.directory).tenant
    let results = await atOnce(1000) { _ in
      try await database.bookings.book(tenant, Fixtures.booking(), capacity: capacity)
    }
    #expect(try results.successes(elseRefusedWith: .dateUnavailable).count == capacity)
    #expect(try await database.psql("SELECT count(*) FROM bookings WHERE tenant_id = '\(tenant)'") == "\(capacity)")
    #expect(
      try await database.psql("SELECT count(*) FROM idempotency_keys WHERE tenant_id = '\(tenant)'") == "\(capacity)")
  }

  @Test("Neither overbooking nor a booking on a blackout can be written, not even by the owner of the database")
  func constraints() async throws {
    let database = try await TestDatabase.shared.value
    let tenant = try await TenantPair.insert(into: database.directory).tenant
    let hold = Fixtures.booking()
    try await database.bookings.book(tenant, hold)
    let copy = """
      INSERT INTO bookings (tenant_id, id, status, date, slot, capacity, customer_id, package_slug, package_title,
        package_price_cents, customer_name, customer_email, currency, access_token, created_at, expires_at)
      SELECT tenant_id, gen_random_uuid(), %status, %date, %slot, %capacity, customer_id, package_slug, package_title,
        package_price_cents, customer_name, customer_email, currency, access_token, created_at, expires_at
      FROM bookings WHERE tenant_id = '\(tenant)' AND id = '\(hold.id)'
      """
    func insert(status: String = "'CONFIRMED'", date: String = "date", slot: Int, capacity: Int) async throws {
      try await database.psql(
        copy.replacing("%status", with: status).replacing("%date", with: date).replacing("%slot", with: "\(slot)")
          .replacing("%capacity", with: "\(capacity)"))
    }
    await #expect(throws: (any Error).self, "the place is taken") { try await insert(slot: 0, capacity: 1) }
    await #expect(throws: (any Error).self, "there is no such place") { try await insert(slot: 1, capacity: 1) }
    try await insert(status: "'CANCELLED'", slot: 0, capacity: 1)
    let closed = Fixtures.date.advanced(byDays: 1)
    _ = try await database.blackouts.insert(
      tenant, id: Fixtures.id(), Blackout.Fields(date: closed), at: Fixtures.time)
    await #expect(throws: (any Error).self, "the day is blacked out") {
      try await insert(date: "'\(closed)'", slot: 0, capacity: 1)
    }
    await #expect(throws: (any Error).self, "the day is booked") {
      try await database.psql(
        "UPDATE days SET is_blackout = true WHERE tenant_id = '\(tenant)' AND date = '\(hold.date)'")
    }
    await #expect(throws: (any Error).self, "the cancelled booking's place is taken") {
      try await database.psql("UPDATE bookings SET status = 'CONFIRMED' WHERE tenant_id = '\(tenant)'")
    }
  }

  @Test("While connections are cut every 200 ms, each of 300 acknowledged bookings is stored once, as acknowledged")
  func connectionsCut() async throws {
    var settings = PostgresPoolSettings.patient
    settings.maximum = 8
    settings.connectRetryDelay = .milliseconds(20)
    let database = try await TestDatabase()
    let tenant = try await TenantPair.insert(into: database.directory).tenant
    let client = try TestDatabase.Connection(to: database, settings: settings)
    let cutter = try TestDatabase.Connection(to: database, user: "postgres")
    let isOver = Atomic(false)
    let rounds = Atomic(0)
    async let cutting = {
      var cut = 0
      while !isOver.load(ordering: .relaxed) {
        cut += try await cutter.node.query(
          """
          SELECT pg_terminate_backend(pid) FROM pg_stat_activity
          WHERE usename = 'tenantry' AND datname = current_database()
          """
        ).count
        rounds.add(1, ordering: .relaxed)
        // The fault's own rhythm.
        try await Task.sleep(for: .milliseconds(200))
      }
      return cut
    }()
    let results = await atOnce(6) { worker in
      var acknowledged: [(IdempotencyKey, Booking.View)] = []
      for number in 0..<50 {
        // Ten bookings between two cuts, so that the fault falls among them on a fast machine too.
        try await poll { rounds.load(ordering: .relaxed) >= number / 10 }
        let date = Fixtures.date.advanced(byDays: worker * 50 + number)
        acknowledged.append(try await Self.bookUntilAcknowledged(date, tenant, client.bookings))
      }
      return acknowledged
    }
    isOver.store(true, ordering: .relaxed)
    let cut = try await cutting
    let acknowledged = try results.successes().flatMap(\.self)
    #expect(cut > 0, "the fault must have happened")
    #expect(acknowledged.count == 300)
    for (key, view) in acknowledged {
      #expect(try await database.bookings.receipt(tenant, key, at: Fixtures.time) == view)
    }
    let counts = "SELECT count(*), count(DISTINCT date), count(DISTINCT id) FROM bookings"
    #expect(try await database.psql(counts) == "300|300|300")
    #expect(try await database.psql("SELECT count(*) FROM idempotency_keys") == "300")
  }

  /// Books as a client does: sends the request again with its key when it was not answered.
  private static func bookUntilAcknowledged(
    _ date: CalendarDate, _ tenant: TenantID, _ bookings: PostgresBookingRepository
  ) async throws -> (IdempotencyKey, Booking.View) {
    let key = Fixtures.idempotencyKey()
    let deadline = ContinuousClock.now.advanced(by: .seconds(60))
    while ContinuousClock.now < deadline {
      do {
        switch try await bookings.book(tenant, Fixtures.booking(on: date), key: key) {
        case .created(let view), .replayed(let view): return (key, view)
        }
      } catch let error as DomainError where [.unavailable, .idempotencyInFlight].contains(error.code) {
        await Task.yield()
      }
    }
    throw PollTimedOut()
  }

  @Test("With every connection in use a call is refused as unavailable, and not after long")
  func exhausted() async throws {
    var settings = PostgresPoolSettings.patient
    settings.maximum = 1
    settings.acquisitionDeadline = .milliseconds(200)
    let database = try await TestDatabase()
    let tenant = try await TenantPair.insert(into: database.directory).tenant
    let narrow = try TestDatabase.Connection(to: database, settings: settings)
    // Connecting may take longer than callers wait.
    try await poll {
      do { return try await narrow.node.query("SELECT 1").count == 1 } catch is PostgresError { return false }
    }
    let sleeping = Task { try await narrow.node.query("SELECT pg_sleep(60)") }
    try await poll {
      try await database.psql(
        "SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%pg_sleep(60)%' AND usename = 'tenantry'")
        == "1"
    }
    let error = await #expect(throws: DomainError.self) {
      try await narrow.bookings.book(tenant, Fixtures.booking())
    }
    #expect(error?.code == .unavailable)
    #expect(error?.isCertain == false)
    sleeping.cancel()
    _ = await sleeping.result
  }

  @Test("A server that takes no writes refuses a booking as unavailable, and reads go on")
  func readOnly() async throws {
    let database = try await TestDatabase()
    let tenant = try await TenantPair.insert(into: database.directory).tenant
    try await database.psql("ALTER DATABASE \(database.name) SET default_transaction_read_only = on")
    let reader = try TestDatabase.Connection(to: database)
    let error = await #expect(throws: DomainError.self) { try await reader.bookings.book(tenant, Fixtures.booking()) }
    #expect(error?.code == .unavailable)
    #expect(try await reader.bookings.customers(tenant, PageRequest()).isEmpty)
  }
}
