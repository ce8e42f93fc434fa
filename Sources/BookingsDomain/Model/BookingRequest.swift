package import Kernel

/// What a storefront asks for when it books.
package struct BookingRequest: Codable, Sendable, Equatable {
  package let packageSlug: String
  package let date: CalendarDate
  package let addOnSlugs: [String]
  package let venueId: UniqueID?
  package let customer: CustomerContact
  package let notes: String?

  package init(
    packageSlug: String, date: CalendarDate, addOnSlugs: [String], venueId: UniqueID?, customer: CustomerContact,
    notes: String?
  ) {
    self.packageSlug = packageSlug
    self.date = date
    self.addOnSlugs = addOnSlugs
    self.venueId = venueId
    self.customer = customer
    self.notes = notes
  }
}

/// What a tenant sells at that moment, with prices: what a booking keeps.
package struct Offer: Sendable, Equatable {
  package let package: Booking.Item
  package let addOns: [Booking.Item]
  package let venue: Booking.Place?
  package let currency: CurrencyCode

  package init(package: Booking.Item, addOns: [Booking.Item], venue: Booking.Place?, currency: CurrencyCode) {
    self.package = package
    self.addOns = addOns
    self.venue = venue
    self.currency = currency
  }
}

/// Makes a request that is sent again do nothing but answer again.
package struct IdempotencyKey: Sendable, Hashable {
  /// As the client sent it, without quotes.
  package let text: String
  /// Tells requests apart that use one key for different things.
  package let fingerprint: Digest

  package init(text: String, fingerprint: Digest) {
    self.text = text
    self.fingerprint = fingerprint
  }

  /// How long a key is remembered.
  package static let lifetime = Duration.seconds(24 * 3600)
}

/// Which bookings staff ask for.
package struct BookingQuery: Sendable {
  package var status: BookingStatus?
  /// First day.
  package var from: CalendarDate?
  /// Last day.
  package var to: CalendarDate?
  /// Confirmed then or later.
  package var confirmedFrom: Timestamp?
  /// Confirmed before then.
  package var confirmedTo: Timestamp?
  /// Who booked.
  package var customer: ID<Customer>?
  package var page: PageRequest

  package init(
    status: BookingStatus? = nil, from: CalendarDate? = nil, to: CalendarDate? = nil,
    confirmedFrom: Timestamp? = nil, confirmedTo: Timestamp? = nil, customer: ID<Customer>? = nil,
    page: PageRequest = PageRequest()
  ) {
    self.status = status
    self.from = from
    self.to = to
    self.confirmedFrom = confirmedFrom
    self.confirmedTo = confirmedTo
    self.customer = customer
    self.page = page
  }
}
