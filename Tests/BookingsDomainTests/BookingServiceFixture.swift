import BookingsDomain
import Kernel
import PortContracts

/// What the tests of the service share: a tenant, a clock that stands still, and doubles that fail unless told otherwise.
struct BookingServiceFixture: Sendable {
  var repository = FailingBookingRepository()
  var offers = FailingOffers()
  var availability: any AvailabilityPort = FailingAvailability()
  var clock = ManualClock(at: Fixtures.time)
  /// It has room for 3 bookings a day.
  var tenant = Self.tenant(timeZone: "UTC")

  let offer = Offer(
    package: Booking.Item(slug: Fixtures.slug("coast"), title: "Coast", priceCents: 120_000),
    addOns: [Booking.Item(slug: Fixtures.slug("bouquet"), title: "Bouquet", priceCents: 9_500)],
    venue: Booking.Place(id: UniqueID(high: 1, low: 2), name: "Lighthouse", city: "Lunenburg"),
    currency: Fixtures.currency)

  var service: BookingService {
    BookingService(
      repository: repository, offers: offers, availability: availability, clock: clock,
      newID: IDGenerator(clock: clock, random: SystemRandomSource()), holdTime: .seconds(900))
  }

  static func tenant(timeZone: String) -> TenantProfile {
    TenantProfile(
      id: Fixtures.tenantID(), timeZone: Fixtures.timeZone(timeZone), currency: Fixtures.currency, dailyCapacity: 3)
  }

  func request(on date: CalendarDate = Fixtures.date) -> BookingRequest {
    BookingRequest(
      packageSlug: "coast", date: date, addOnSlugs: ["bouquet"], venueId: UniqueID(high: 1, low: 2),
      customer: CustomerContact(name: "Ada", email: "ada@example.com", phone: nil), notes: "By the water")
  }
}
