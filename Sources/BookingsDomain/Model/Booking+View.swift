package import Kernel

extension Booking {
  /// The wire form.
  package struct View: Codable, Sendable, Equatable {
    package let id: ID<Booking>
    package let status: BookingStatus
    package let date: CalendarDate
    package let package: Item
    package let addOns: [Item]
    @ExplicitNull package var venue: Place?
    package let customer: CustomerContact
    package let totalCents: Int
    package let currency: CurrencyCode
    package let createdAt: Timestamp
    @ExplicitNull package var confirmedAt: Timestamp?
    @ExplicitNull package var cancelledAt: Timestamp?
    @ExplicitNull package var expiresAt: Timestamp?
    /// Only for staff.
    package var notes: String?
    /// Only in the answer that created the booking, and its replays.
    package var accessToken: String?
  }

  /// The wire form at `time`, as `caller` sees it. Only a pending booking expires.
  package func view(at time: Timestamp, today: CalendarDate, for caller: BookingCaller) -> View {
    let status = status(at: time, today: today)
    var view = View(
      id: id, status: status, date: date, package: package, addOns: addOns, venue: venue, customer: customer,
      totalCents: totalCents, currency: currency, createdAt: createdAt, confirmedAt: confirmedAt,
      cancelledAt: cancelledAt, expiresAt: status == .pending || status == .expired ? expiresAt : nil)
    if case .staff = caller { view.notes = notes }
    return view
  }

  /// Where a booking stands in the staff's list: newest first.
  package var place: SortPlace { SortPlace([.number(-Int(createdAt.milliseconds)), .text(id.description)]) }
}
