package import Kernel

/// A date that a customer has booked, with everything as it was agreed: later changes of the catalog do not touch it.
package struct Booking: Sendable, Equatable {
  /// A package or add-on as it was when booked.
  package struct Item: Codable, Sendable, Equatable {
    package let slug: Slug
    package let title: String
    package let priceCents: Int

    package init(slug: Slug, title: String, priceCents: Int) {
      self.slug = slug
      self.title = title
      self.priceCents = priceCents
    }
  }

  /// A venue as it was when booked.
  package struct Place: Codable, Sendable, Equatable {
    package let id: UniqueID
    package let name: String
    package let city: String

    package init(id: UniqueID, name: String, city: String) {
      self.id = id
      self.name = name
      self.city = city
    }
  }

  package let id: ID<Booking>
  /// The status as stored; see ``status(at:today:)``.
  package var storedStatus: BookingStatus
  package let date: CalendarDate
  package let package: Item
  package let addOns: [Item]
  package let venue: Place?
  package let customer: CustomerContact
  package let currency: CurrencyCode
  package let notes: String?
  package let createdAt: Timestamp
  package var confirmedAt: Timestamp?
  package var cancelledAt: Timestamp?
  /// When a pending booking gives its date back.
  package let expiresAt: Timestamp
  /// Why it was cancelled or how it was confirmed, where somebody said so.
  package var reason: String?
  /// Proves that a storefront's customer made the booking.
  package let accessToken: Digest

  package init(
    id: ID<Booking>, storedStatus: BookingStatus = .pending, date: CalendarDate, package: Item, addOns: [Item],
    venue: Place?, customer: CustomerContact, currency: CurrencyCode, notes: String?, createdAt: Timestamp,
    confirmedAt: Timestamp? = nil, cancelledAt: Timestamp? = nil, expiresAt: Timestamp, reason: String? = nil,
    accessToken: Digest
  ) {
    self.id = id
    self.storedStatus = storedStatus
    self.date = date
    self.package = package
    self.addOns = addOns
    self.venue = venue
    self.customer = customer
    self.currency = currency
    self.notes = notes
    self.createdAt = createdAt
    self.confirmedAt = confirmedAt
    self.cancelledAt = cancelledAt
    self.expiresAt = expiresAt
    self.reason = reason
    self.accessToken = accessToken
  }

  /// In minor units: the package and its add-ons.
  package var totalCents: Int { addOns.reduce(package.priceCents) { $0 + $1.priceCents } }

  /// The status at `time`: a hold that has run out is expired, a confirmed day that is over is completed, whether or not
  /// that has been stored yet.
  /// - Parameter today: the day it is for the tenant at `time`.
  package func status(at time: Timestamp, today: CalendarDate) -> BookingStatus {
    switch storedStatus {
    case .pending where expiresAt <= time: .expired
    case .confirmed where date < today: .completed
    default: storedStatus
    }
  }

  /// The same booking after an action at `time`. The caller has checked that the action is allowed.
  package func applying(_ action: BookingAction, reason: String?, at time: Timestamp) -> Booking {
    var booking = self
    booking.storedStatus = action.result
    if let reason { booking.reason = reason }
    switch action {
    case .confirm: booking.confirmedAt = time
    case .cancel: booking.cancelledAt = time
    }
    return booking
  }
}
