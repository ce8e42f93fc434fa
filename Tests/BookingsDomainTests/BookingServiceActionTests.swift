import BookingsDomain
import Kernel
import PortContracts
import Synchronization
import Testing

@Suite("BookingService: reading, confirming, cancelling, sweeping")
struct BookingServiceActionTests {
  @Test("Staff find any booking, a customer the one whose token it is; all else is not found")
  func find() async throws {
    let booking = Fixtures.booking()
    var fixture = BookingServiceFixture()
    fixture.repository.onFind = { [tenant = fixture.tenant.id] in $0 == tenant && $1 == booking.id ? booking : nil }
    let (service, tenant) = (fixture.service, fixture.tenant)
    #expect(try await service.find(tenant, booking.id, for: .staff).notes == booking.notes)
    let customer = BookingCaller.customer(token: booking.id.description)
    #expect(try await service.find(tenant, booking.id, for: customer).notes == nil)
    for token in ["", "another", booking.accessToken.description] {
      try await requireRefusal(.notFound) { try await service.find(tenant, booking.id, for: .customer(token: token)) }
    }
    try await requireRefusal(.notFound) { try await service.find(tenant, Fixtures.id(), for: .staff) }
    let stranger = BookingServiceFixture.tenant(timeZone: "UTC")
    try await requireRefusal(.notFound) { try await service.find(stranger, booking.id, for: .staff) }
  }

  @Test(
    "An action that the state allows replaces what was read, and is shown",
    arguments: [
      (BookingAction.confirm, BookingStatus.pending), (.cancel, .pending), (.cancel, .confirmed),
    ])
  func performs(action: BookingAction, status: BookingStatus) async throws {
    let (booking, availability) = (Fixtures.booking(status: status), RecordingAvailability())
    let replaced = Mutex<[Booking]>([])
    var fixture = BookingServiceFixture()
    fixture.availability = availability
    fixture.repository.onFind = { _, _ in booking }
    fixture.repository.onReplace = { [tenant = fixture.tenant.id] owner, changed, expected in
      #expect((owner, expected) == (tenant, status))
      replaced.withLock { $0.append(changed) }
      return true
    }
    let view = try await fixture.service.perform(action, fixture.tenant, booking.id, reason: "why", for: .staff)
    let expected = booking.applying(action, reason: "why", at: Fixtures.time)
    #expect(replaced.withLock { $0 } == [expected])
    #expect(view == expected.view(at: Fixtures.time, today: Fixtures.date, for: .staff))
    #expect(availability.records == [.init(fixture.tenant.id, [booking.date], .committed)])
  }

  @Test(
    "An action that the state of the moment does not allow is refused, and touches nothing",
    arguments: [
      (BookingAction.confirm, BookingStatus.confirmed, 0, 0), (.confirm, .cancelled, 0, 0), (.confirm, .expired, 0, 0),
      (.confirm, .completed, 0, 0), (.cancel, .cancelled, 0, 0), (.cancel, .expired, 0, 0), (.cancel, .completed, 0, 0),
      // Stored as live still: the hold has run out, or the day is over.
      (.confirm, .pending, 900, 0), (.cancel, .pending, 900, 0), (.cancel, .confirmed, 0, 365),
    ])
  func refuses(action: BookingAction, status: BookingStatus, seconds: Int, days: Int) async throws {
    let booking = Fixtures.booking(status: status)
    var fixture = BookingServiceFixture()
    fixture.clock = ManualClock(at: Fixtures.time.advanced(by: .seconds(seconds + days * 86_400)))
    fixture.repository.onFind = { _, _ in booking }
    try await requireRefusal(.bookingState) {
      try await fixture.service.perform(action, fixture.tenant, booking.id, reason: nil, for: .staff)
    }
  }

  @Test("A customer whose token it is not cannot act on a booking")
  func stranger() async throws {
    let booking = Fixtures.booking()
    var fixture = BookingServiceFixture()
    fixture.repository.onFind = { _, _ in booking }
    try await requireRefusal(.notFound) {
      try await fixture.service.perform(
        .cancel, fixture.tenant, booking.id, reason: nil, for: .customer(token: "another"))
    }
  }

  @Test("An action that another one overtook is judged anew on what that one left")
  func overtaken() async throws {
    let (booking, availability) = (Fixtures.booking(), RecordingAvailability())
    let states = Mutex([booking, booking.applying(.cancel, reason: nil, at: Fixtures.time)])
    var fixture = BookingServiceFixture()
    fixture.availability = availability
    fixture.repository.onFind = { _, _ in states.withLock { $0.removeFirst() } }
    fixture.repository.onReplace = { _, _, _ in false }
    try await requireRefusal(.bookingState) {
      try await fixture.service.perform(.confirm, fixture.tenant, booking.id, reason: nil, for: .staff)
    }
    #expect(availability.records.map(\.outcome) == [.unchanged])
    #expect(states.withLock { $0.isEmpty })
  }

  @Test("Lists are asked for as of now by the tenant's calendar, and shown as staff see them, page by page")
  func lists() async throws {
    let bookings = (0..<3).map { Fixtures.booking(createdAt: Fixtures.time(plus: -$0)) }
    let customer = Customer(id: Fixtures.id(), contact: bookings[0].customer, createdAt: Fixtures.time)
    var fixture = BookingServiceFixture()
    fixture.tenant = BookingServiceFixture.tenant(timeZone: "Pacific/Kiritimati")
    fixture.clock = ManualClock(at: Fixtures.time(plus: 2 * 3_600_000))
    fixture.repository.onList = { [tenant = fixture.tenant.id] in
      #expect(($0, $1.status, $2, $3.description) == (tenant, .expired, Fixtures.time(plus: 7_200_000), "2027-01-16"))
      return bookings
    }
    fixture.repository.onCustomers = { _, _ in [customer] }
    let query = BookingQuery(status: .expired, page: PageRequest(limit: 2))
    let page = try await fixture.service.list(fixture.tenant, query)
    #expect(page.data.map(\.id) == bookings.prefix(2).map(\.id))
    #expect(page.data.allSatisfy { $0.status == .expired && $0.notes != nil })
    let cursor = Cursor(try #require(page.nextCursor), list: BookingService.bookingList)
    #expect(cursor?.place == bookings[1].place)
    let customers = try await fixture.service.customers(fixture.tenant, PageRequest())
    #expect(customers.data == [customer.view])
    #expect(customers.nextCursor == nil)
  }

  @Test("A sweep tells availability of each tenant's dates, and how many came free")
  func sweep() async throws {
    let availability = RecordingAvailability()
    let (first, second) = (Fixtures.tenantID(), Fixtures.tenantID())
    let next = Fixtures.date.advanced(byDays: 1)
    var fixture = BookingServiceFixture()
    fixture.availability = availability
    fixture.repository.onSweep = { time in
      #expect(time == Fixtures.time)
      return [(first, Fixtures.date), (second, next), (first, next)].map { ReleasedDate(tenant: $0, date: $1) }
    }
    #expect(try await fixture.service.sweep() == 3)
    let records = availability.records
    #expect(records.count == 2)
    #expect(records.contains(.init(first, [Fixtures.date, next], .past)))
    #expect(records.contains(.init(second, [next], .past)))
  }
}
