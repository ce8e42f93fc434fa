import BookingsDomain
import Caching
import CatalogDomain
import Kernel
import PortContracts
import PostgresAdapter
import PostgresClient
import Synchronization
import Testing

@Suite("Outbox desk")
struct OutboxDeskTests {
  @Test("A change whose telling succeeded takes its own word back; other word stays for the relay")
  func takesBack() async throws {
    let subject = try await Subject()
    defer { subject.run.cancel() }
    try await subject.database.bookings.book(subject.tenant, Fixtures.booking())
    let ledger = CommitLedger()
    let before = try await subject.database.node.writePosition().value
    try await CommitLedger.$current.withValue(ledger) {
      try await subject.bookings.book(subject.tenant, Fixtures.booking(on: Fixtures.date.advanced(byDays: 40)))
    }
    #expect(try #require(ledger.position) > before)
    #expect(try await subject.tags() == ["{month-2027-07}", "{month-2027-08}"])
    ledger.settled(isTold: true)
    try await poll { try await subject.tags() == ["{month-2027-07}"] }
  }

  @Test("A change of several steps, and one of the owner, do the same")
  func otherWays() async throws {
    let subject = try await Subject()
    defer { subject.run.cancel() }
    let ledger = CommitLedger()
    try await CommitLedger.$current.withValue(ledger) {
      let segments = PostgresSegmentRepository(database: subject.tenants)
      _ = try await segments.insert(subject.tenant, id: Fixtures.id(), Fixtures.segment("coast"), at: Fixtures.time)
      let directory = PostgresTenantRepository(database: subject.tenants, platform: subject.platform)
      _ = try await directory.setStatus(subject.tenant, .suspended)
    }
    #expect(try await subject.tags().count == 2 && ledger.position != nil)
    ledger.settled(isTold: true)
    try await poll { try await subject.tags().isEmpty }
  }

  @Test("A change that the store was not told of is announced to the other instances, and its word stays")
  func announces() async throws {
    let subject = try await Subject()
    defer { subject.run.cancel() }
    let heard = Mutex<[String]>([])
    let listener = try subject.database.listener(on: OutboxNotice.channel)
    let listening = Task {
      for await event in listener.events {
        if case .notification(_, let payload) = event { heard.withLock { $0.append(payload) } }
        if event == .listening { heard.withLock { $0.append("listening") } }
      }
    }
    defer { listening.cancel() }
    try await poll { heard.withLock { $0 == ["listening"] } }
    let ledger = CommitLedger()
    try await CommitLedger.$current.withValue(ledger) {
      try await subject.bookings.book(subject.tenant, Fixtures.booking())
    }
    ledger.settled(isTold: false)
    try await poll { heard.withLock { $0.count } == 2 }
    let payload = heard.withLock { $0[1] }
    let word = OutboxWord(tenant: subject.tenant, tags: ["month-2027-07"])
    #expect(OutboxNotice(payload, instance: "other") == .announced(word))
    #expect(OutboxNotice(payload, instance: "this") == nil, "its own announcement")
    #expect(try await subject.tags() == ["{month-2027-07}"])
    let relay = OutboxRelay(
      platform: subject.platform, interval: .seconds(60), logger: .quiet,
      delivery: .init(isPossible: { false }) { _, _ in true })
    #expect(try await relay.deliverNext() == 0, "it was announced already")
  }

  @Test("A relay that cannot deliver announces word once, and delivers it when it can")
  func relayAnnounces() async throws {
    let subject = try await Subject()
    defer { subject.run.cancel() }
    try await subject.database.bookings.book(subject.tenant, Fixtures.booking())
    let isUp = Mutex(false)
    let delivered = Mutex<[OutboxWord]>([])
    let relay = OutboxRelay(
      platform: subject.platform, interval: .seconds(60), logger: .quiet,
      delivery: .init(isPossible: { isUp.withLock(\.self) }) { word, _ in
        delivered.withLock { $0.append(word) }
        return true
      })
    #expect(try await relay.deliverNext() == 1)
    #expect(try await relay.deliverNext() == 0)
    isUp.withLock { $0 = true }
    #expect(try await relay.deliverNext() == 1)
    #expect(delivered.withLock { $0 } == [OutboxWord(tenant: subject.tenant, tags: ["month-2027-07"])])
    #expect(try await subject.tags().isEmpty)
  }

  @Test("Word with more tags than a notification takes is announced in several, and so is what comes after it")
  func announcesMuch() async throws {
    let subject = try await Subject()
    defer { subject.run.cancel() }
    let heard = Mutex<(isListening: Bool, tags: Set<String>)>((false, []))
    let listener = try subject.database.listener(on: OutboxNotice.channel)
    let listening = Task {
      for await event in listener.events {
        if event == .listening { heard.withLock { $0.isListening = true } }
        guard case .notification(_, let payload) = event else { continue }
        guard case .announced(let word)? = OutboxNotice(payload, instance: "this") else { continue }
        heard.withLock { $0.tags.formUnion(word.tags) }
      }
    }
    defer { listening.cancel() }
    try await poll { heard.withLock { $0.isListening } }
    try await subject.database.psql(
      """
      INSERT INTO outbox (tenant_id, tags)
      SELECT '\(subject.tenant)'::uuid, array_agg('month-' || 2027 + n / 12 || '-' || lpad((n % 12 + 1)::text, 2, '0'))
      FROM generate_series(0, 599) n
      UNION ALL SELECT '\(subject.tenant)'::uuid, ARRAY['offers']
      """)
    let relay = OutboxRelay(
      platform: subject.platform, interval: .seconds(60), logger: .quiet,
      delivery: .init(isPossible: { false }) { _, _ in true })
    #expect(try await relay.deliverNext() == 2)
    try await poll { heard.withLock { $0.tags.count } == 601 }
    let tags = heard.withLock { $0.tags }
    #expect(tags.isSuperset(of: ["month-2027-01", "month-2076-12", "offers"]))
    #expect(try await relay.deliverNext() == 0, "it was announced already")
  }

  @Test("Word that is younger than the grace is left to its writer")
  func grace() async throws {
    let subject = try await Subject()
    defer { subject.run.cancel() }
    try await subject.database.bookings.book(subject.tenant, Fixtures.booking())
    let relay = OutboxRelay(
      platform: subject.platform, interval: .seconds(60), grace: .seconds(60), logger: .quiet,
      delivery: .init { _, _ in true })
    #expect(try await relay.deliverNext() == 0)
    try await subject.database.psql("UPDATE outbox SET created_at = created_at - interval '61 s'")
    #expect(try await relay.deliverNext() == 1)
  }

  /// A database whose changes are handed in at a desk that is open.
  private struct Subject {
    let database: TestDatabase
    let tenant: TenantID
    let tenants: TenantDatabase
    let platform: PlatformDatabase
    let run: Task<Void, Never>

    init() async throws {
      database = try await TestDatabase()
      tenant = try await TenantPair.insert(into: database.directory).tenant
      let desk = OutboxDesk(platform: database.platform, instance: "this", logger: .quiet)
      tenants = TenantDatabase(database.node, desk: desk, logger: .quiet)
      platform = PlatformDatabase(database.node, desk: desk, logger: .quiet)
      run = Task { await desk.run() }
    }

    var bookings: PostgresBookingRepository { PostgresBookingRepository(database: tenants, platform: platform) }

    func tags() async throws -> [String] {
      try await database.psql("SELECT tags FROM outbox ORDER BY tags").split(separator: "\n").map(String.init)
    }
  }
}
