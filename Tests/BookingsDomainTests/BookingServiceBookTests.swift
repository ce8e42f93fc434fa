import BookingsDomain
import Kernel
import PortContracts
import Synchronization
import Testing

@Suite("BookingService: booking")
struct BookingServiceBookTests {
  private let key = Fixtures.idempotencyKey()

  @Test("A booking keeps the offer, holds its date, and is answered with a token of which the digest alone is stored")
  func books() async throws {
    let calls = Mutex<[FailingBookingRepository.BookCall]>([])
    let availability = RecordingAvailability()
    var fixture = BookingServiceFixture()
    fixture.availability = availability
    fixture.repository.onReceipt = { _, _, _ in nil }
    fixture.repository.onBook = { call in
      calls.withLock { $0.append(call) }
      return .created(call.answer)
    }
    fixture.offers.onOffer = { [offer = fixture.offer] _, _ in offer }
    let receipt = try await fixture.service.book(fixture.tenant, fixture.request(), key: key)

    let call = try #require(calls.withLock { $0.count == 1 ? $0.first : nil })
    let (booking, request) = (call.booking, fixture.request())
    #expect(call.tenant == fixture.tenant.id)
    #expect(call.key == key)
    #expect(call.capacity == 3)
    #expect(booking.storedStatus == .pending)
    #expect(booking.date == request.date)
    #expect(booking.customer == request.customer)
    #expect(booking.notes == request.notes)
    let kept = Offer(
      package: booking.package, addOns: booking.addOns, venue: booking.venue, currency: booking.currency)
    #expect(kept == fixture.offer)
    #expect(booking.createdAt == Fixtures.time)
    #expect(booking.expiresAt == Fixtures.time.advanced(by: .seconds(900)))
    #expect(receipt == .created(call.answer))
    #expect(call.answer.id == booking.id)
    #expect(call.answer.status == .pending)
    #expect(call.answer.notes == nil)
    let token = try #require(call.answer.accessToken)
    #expect(token.utf8.count == 64)
    #expect(booking.accessToken == Digest(of: token))
    #expect(availability.records == [.init(fixture.tenant.id, [request.date], .committed)])
  }

  @Test("A request that was answered before is answered again, without a look at anything else")
  func replays() async throws {
    var fixture = BookingServiceFixture()
    let answer = Fixtures.answer(to: Fixtures.booking())
    fixture.repository.onReceipt = { [tenant = fixture.tenant.id, key] in
      #expect(($0, $1, $2) == (tenant, key, Fixtures.time))
      return answer
    }
    let past = fixture.request(on: CalendarDate(dayNumber: 0))
    #expect(try await fixture.service.book(fixture.tenant, past, key: key) == .replayed(answer))
  }

  @Test("A replay that comes to light when the booking is stored changes nothing")
  func lateReplay() async throws {
    let availability = RecordingAvailability()
    var fixture = BookingServiceFixture()
    fixture.availability = availability
    let answer = Fixtures.answer(to: Fixtures.booking())
    fixture.repository.onReceipt = { _, _, _ in nil }
    fixture.repository.onBook = { _ in .replayed(answer) }
    fixture.offers.onOffer = { [offer = fixture.offer] _, _ in offer }
    #expect(try await fixture.service.book(fixture.tenant, fixture.request(), key: key) == .replayed(answer))
    #expect(availability.records.map(\.outcome) == [.unchanged])
  }

  @Test(
    "A date that is over by the tenant's calendar is refused, today is not",
    arguments: [("Pacific/Kiritimati", 0), ("America/Halifax", -1), ("UTC", 0)])
  func pastDate(timeZone: String, shift: Int) async throws {
    // 2027-01-15T02:00Z: still the 14th in Halifax, the 15th in Kiritimati.
    var fixture = BookingServiceFixture()
    fixture.clock = ManualClock(at: Fixtures.time.advanced(by: .seconds(-6 * 3600)))
    fixture.tenant = BookingServiceFixture.tenant(timeZone: timeZone)
    fixture.repository.onReceipt = { _, _, _ in nil }
    fixture.offers.onOffer = { _, _ in throw DomainError.notFound("package") }
    let today = CalendarDate(dayNumber: 20_833 + shift)
    try await requireRefusal(.validationFailed, field: "date") {
      try await fixture.service.book(fixture.tenant, fixture.request(on: today.advanced(byDays: -1)), key: key)
    }
    try await requireRefusal(.notFound) {
      try await fixture.service.book(fixture.tenant, fixture.request(on: today), key: key)
    }
  }

  @Test("A refusal of the key ends it before the offer is asked for")
  func refusedKey() async throws {
    var fixture = BookingServiceFixture()
    fixture.repository.onReceipt = { _, _, _ in throw DomainError(.idempotencyMismatch, "") }
    try await requireRefusal(.idempotencyMismatch) {
      try await fixture.service.book(fixture.tenant, fixture.request(), key: key)
    }
  }

  @Test(
    "A certain refusal of the store leaves availability as it was; after any other failure it may have changed",
    arguments: [
      (DomainError.Code.dateUnavailable, RecordingAvailability.Record.Outcome.unchanged),
      (.idempotencyInFlight, .unchanged), (.unavailable, .thrown), (.internalError, .thrown),
    ])
  func refusals(code: DomainError.Code, outcome: RecordingAvailability.Record.Outcome) async throws {
    let availability = RecordingAvailability()
    var fixture = BookingServiceFixture()
    fixture.availability = availability
    fixture.repository.onReceipt = { _, _, _ in nil }
    fixture.repository.onBook = { _ in throw DomainError(code, "") }
    fixture.offers.onOffer = { [offer = fixture.offer] _, _ in offer }
    try await requireRefusal(code) { try await fixture.service.book(fixture.tenant, fixture.request(), key: key) }
    #expect(availability.records.map(\.outcome) == [outcome])
  }
}
