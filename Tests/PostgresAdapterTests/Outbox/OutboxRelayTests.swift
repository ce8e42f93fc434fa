import AvailabilityDomain
import Caching
import CatalogDomain
import Kernel
import PortContracts
import PostgresAdapter
import PostgresClient
import Synchronization
import Testing

@testable import TenancyDomain

@Suite("Outbox relay")
struct OutboxRelayTests {
  @Test("Each change leaves word of what it made stale; a refused one leaves none")
  func words() async throws {
    let database = try await TestDatabase()
    let tenant = try await TenantPair.insert(into: database.directory).tenant
    let heard = Heard()
    let relay = heard.relay(database)
    let venues = PostgresVenueRepository(database: database.tenants)
    let venue = try await venues.insert(
      tenant, id: Fixtures.id(), Venue.Fields(name: "Pier", city: "Lunenburg"), at: Fixtures.time)
    try await heard.expect(["venues"], tenant, relay)
    _ = try await venues.delete(tenant, venue)
    try await heard.expect(["venues"], tenant, relay)
    _ = try await venues.delete(tenant, venue)
    try await heard.expect([], tenant, relay)
    let booking = Fixtures.booking()
    try await database.bookings.book(tenant, booking)
    try await heard.expect(["month-2027-07"], tenant, relay)
    await #expect(throws: DomainError.self) { try await database.bookings.book(tenant, Fixtures.booking()) }
    try await heard.expect([], tenant, relay)
    _ = try await database.bookings.perform(.cancel, tenant, booking)
    try await heard.expect(["month-2027-07"], tenant, relay)
    let blackout = try await database.blackouts.insert(
      tenant, id: Fixtures.id(), Blackout.Fields(date: Fixtures.date), at: Fixtures.time)
    _ = try await database.blackouts.update(
      tenant, id: blackout.id, version: 1, Blackout.Fields(date: Fixtures.date.advanced(byDays: 31)), at: Fixtures.time)
    try await heard.expect(["month-2027-07", "month-2027-08"], tenant, relay)
    let segments = PostgresSegmentRepository(database: database.tenants)
    _ = try await segments.insert(tenant, id: Fixtures.id(), Fixtures.segment("coast"), at: Fixtures.time)
    try await heard.expect(["offers"], tenant, relay)
  }

  @Test("A package leaves word of lists and of its own answer, under the slug it had and the one it gets")
  func packageWords() async throws {
    let database = try await TestDatabase()
    let tenant = try await TenantPair.insert(into: database.directory).tenant
    let heard = Heard()
    let relay = heard.relay(database)
    let packages = PostgresPackageRepository(database: database.tenants)
    let (dawn, dusk) = (CatalogTag.package("dawn"), CatalogTag.package("dusk"))
    try #require(dawn != dusk)
    let first = try await packages.insert(tenant, id: Fixtures.id(), Fixtures.package("dawn"), at: Fixtures.time)
    try await heard.expect(["packages", dawn], tenant, relay)
    let renamed = try #require(
      try await packages.update(tenant, first, Fixtures.package("dusk"), at: Fixtures.time))
    try await heard.expect(["packages", dawn, dusk], tenant, relay)
    _ = try await packages.delete(tenant, first)
    try await heard.expect([], tenant, relay)
    _ = try await packages.delete(tenant, renamed)
    try await heard.expect(["packages", dusk], tenant, relay)
  }

  @Test("A tenant that is suspended leaves word for the platform's scope, where its keys are cached")
  func platformWord() async throws {
    let database = try await TestDatabase()
    let tenant = Fixtures.tenant()
    try await database.directory.insert(tenant, keys: [])
    _ = try await database.directory.setStatus(tenant.id, .suspended)
    let heard = Heard()
    _ = try await heard.relay(database).deliverNext()
    let words = heard.words.withLock { $0 }
    let word = try #require(words.first)
    #expect(word.tenant == tenant.id && word.tags.isEmpty)
    #expect(word.platformTags.map { .named($0, .platform) } == [TenantDirectory.tag(tenant.slug)])
    #expect(words.count == 1)
  }

  @Test("Word that cannot be delivered stays, and is delivered when it can; then it is gone")
  func failingDelivery() async throws {
    let database = try await TestDatabase()
    let tenant = try await TenantPair.insert(into: database.directory).tenant
    try await database.bookings.book(tenant, Fixtures.booking())
    let failing = OutboxRelay(
      platform: database.platform, interval: .seconds(60), logger: .quiet,
      delivery: .init { _, _ in throw DomainError(.unavailable, "nobody listens") })
    await #expect(throws: DomainError.self) { try await failing.deliverNext() }
    #expect(try await database.psql("SELECT count(*) FROM outbox") == "1")
    let heard = Heard()
    try await heard.expect(["month-2027-07"], tenant, heard.relay(database))
    #expect(try await database.psql("SELECT count(*) FROM outbox") == "0")
  }

  @Test("Four relays at once deliver each row once, at a position that its change lies before")
  func together() async throws {
    let database = try await TestDatabase()
    let tenant = Fixtures.tenantID()
    try await database.psql(
      "INSERT INTO outbox (tenant_id, tags) SELECT '\(tenant)', ARRAY['t-' || n] FROM generate_series(1, 3000) n")
    let before = try await database.node.writePosition()
    let heard = Heard()
    let relays = (0..<4).map { _ in heard.relay(database) }
    try await withThrowingTaskGroup(of: Void.self) { group in
      for relay in relays { group.addTask { while try await relay.deliverNext() > 0 {} } }
      try await group.waitForAll()
    }
    let tags = heard.words.withLock { $0.flatMap(\.tags) }
    #expect(tags.count == 3000 && Set(tags).count == 3000)
    #expect(heard.positions.withLock { $0.allSatisfy { $0 >= before } })
  }

  @Test("Word of so many tenants that telling it takes longer than the server waits is delivered and removed in parts")
  func slowDelivery() async throws {
    let database = try await TestDatabase()
    try await database.psql(
      "INSERT INTO outbox (tenant_id, tags) SELECT gen_random_uuid(), ARRAY['offers'] FROM generate_series(1, 200)")
    let told = Mutex<Set<TenantID>>([])
    let relay = OutboxRelay(
      platform: database.platform, interval: .seconds(600), logger: .quiet,
      delivery: .init { word, _ in
        // The store takes its time.
        try await Task.sleep(for: .milliseconds(10))
        told.withLock { _ = $0.insert(word.tenant) }
        return true
      })
    let run = Task { await relay.run() }
    try await poll { try await database.psql("SELECT count(*) FROM outbox") == "0" }
    #expect(told.withLock { $0.count } == 200)
    run.cancel()
    await run.value
  }

  @Test("Word of tenants that cannot be told keeps nobody else's back, however slowly it fails")
  func slowFailures() async throws {
    let database = try await TestDatabase()
    try await database.psql(
      """
      INSERT INTO outbox (tenant_id, tags)
      SELECT gen_random_uuid(), ARRAY[CASE WHEN n <= 4 THEN 'untold' ELSE 'offers' END] FROM generate_series(1, 8) AS n
      """)
    let relay = OutboxRelay(
      platform: database.platform, interval: .seconds(600), logger: .quiet,
      delivery: .init { word, _ in
        guard word.tags == ["untold"] else { return true }
        try await Task.sleep(for: .milliseconds(450))
        return false
      })
    while try await relay.deliverNext() > 0 {}
    #expect(try await database.psql("SELECT string_agg(DISTINCT tags::text, ' ') FROM outbox") == "{untold}")
  }

  @Test("A running relay delivers when it is woken and when it is not, and ends when it is cancelled")
  func running() async throws {
    let database = try await TestDatabase()
    let tenant = try await TenantPair.insert(into: database.directory).tenant
    let heard = Heard()
    let relay = heard.relay(database, interval: .milliseconds(20))
    let run = Task { await relay.run() }
    try await database.bookings.book(tenant, Fixtures.booking())
    try await poll { heard.words.withLock { $0.count } == 1 }
    // Else it is cancelled before the row is removed, which is then delivered once more.
    try await poll { try await database.psql("SELECT count(*) FROM outbox") == "0" }
    run.cancel()
    await run.value
    let slow = heard.relay(database, interval: .seconds(600))
    let next = Task { await slow.run() }
    try await database.bookings.book(tenant, Fixtures.booking(on: Fixtures.date.advanced(byDays: 40)))
    // The first look may come before or after the booking; the bell makes sure of a second.
    slow.wake()
    try await poll { heard.words.withLock { $0.count } == 2 }
    next.cancel()
    await next.value
  }
}

/// What relays have delivered.
private final class Heard: Sendable {
  let words = Mutex<[OutboxWord]>([])
  let positions = Mutex<[PostgresWALPosition]>([])

  func relay(_ database: TestDatabase, interval: Duration = .seconds(60)) -> OutboxRelay {
    OutboxRelay(
      platform: database.platform, interval: interval, logger: .quiet,
      delivery: .init { word, position in
        self.words.withLock { $0.append(word) }
        self.positions.withLock { $0.append(position) }
        return true
      })
  }

  /// Delivers what is there, and compares it.
  func expect(
    _ tags: Set<String>, _ tenant: TenantID, _ relay: OutboxRelay, _ location: SourceLocation = #_sourceLocation
  ) async throws {
    words.withLock { $0 = [] }
    _ = try await relay.deliverNext()
    let delivered = words.withLock { $0 }
    #expect(
      delivered == (tags.isEmpty ? [] : [OutboxWord(tenant: tenant, tags: tags)]), sourceLocation: location)
  }
}
