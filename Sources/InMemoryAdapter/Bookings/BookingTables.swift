import BookingsDomain
import Kernel

/// A tenant's bookings and customers, and the answers kept for idempotency keys.
struct BookingTables: Sendable {
  private(set) var bookings: [ID<Booking>: Booking] = [:]
  private(set) var customers: [ID<Customer>: Customer] = [:]
  private var taken = TakenDates()
  private var customerIDs: [String: ID<Customer>] = [:]
  private var answers: [String: KeptAnswer] = [:]

  /// How many bookings of a day are live at `time`.
  func liveCount(on date: CalendarDate, at time: Timestamp) -> Int { live(on: date, at: time).count }

  /// How many bookings of a day are live at `time`, and when the first pending one of them runs out.
  func live(on date: CalendarDate, at time: Timestamp) -> (count: Int, holdsUntil: Timestamp?) {
    taken.live(on: date, at: time)
  }

  /// The answer kept for a key. Throws `idempotencyMismatch`.
  func answer(to key: IdempotencyKey, at time: Timestamp) throws(DomainError) -> Booking.View? {
    guard let kept = answers[key.text], kept.isRemembered(at: time) else { return nil }
    guard kept.fingerprint == key.fingerprint else {
      throw DomainError(.idempotencyMismatch, "The idempotency key was used for another request.")
    }
    return kept.view
  }

  mutating func keep(_ view: Booking.View, for key: IdempotencyKey, from time: Timestamp) {
    answers[key.text] = KeptAnswer(fingerprint: key.fingerprint, view: view, createdAt: time)
  }

  mutating func forgetAnswers(at time: Timestamp) {
    let forgotten = answers.filter { !$0.value.isRemembered(at: time) }
    for key in forgotten.keys { answers[key] = nil }
  }

  /// Adds a booking, or puts it in place of the one with its identifier.
  mutating func put(_ booking: Booking) {
    bookings[booking.id] = booking
    taken.update(booking)
  }

  /// Adds the customer of a booking, or brings the contact of the one with that e-mail address up to date.
  mutating func noteCustomer(of booking: Booking, id: ID<Customer>) {
    let address = booking.customer.email.lowercased()
    let known = customerIDs[address].flatMap { customers[$0] }
    let customer = Customer(
      id: known?.id ?? id, contact: booking.customer, createdAt: known?.createdAt ?? booking.createdAt)
    customers[customer.id] = customer
    customerIDs[address] = customer.id
  }

  /// Stores that the holds of a day that have run out are expired; tells whether there were any.
  @discardableResult
  mutating func expireHolds(on date: CalendarDate, at time: Timestamp) -> Bool {
    let overdue = taken.overdue(on: date, at: time)
    for id in overdue { setStatus(of: id, .expired) }
    return !overdue.isEmpty
  }

  /// Stores that all holds that have run out are expired; returns their dates.
  mutating func expireHolds(at time: Timestamp) -> [CalendarDate] {
    taken.claims.keys.filter { expireHolds(on: $0, at: time) }
  }

  /// Stores that confirmed bookings of days before `today` are completed.
  mutating func completePast(before today: CalendarDate) {
    let past = taken.claims.filter { $0.key < today }.values.flatMap { $0 }
    for case (let id, .firm) in past { setStatus(of: id, .completed) }
  }

  private mutating func setStatus(of id: ID<Booking>, _ status: BookingStatus) {
    guard var booking = bookings[id] else { return }
    booking.storedStatus = status
    put(booking)
  }
}

/// An answer that is given again when its idempotency key comes again.
private struct KeptAnswer: Sendable {
  let fingerprint: Digest
  let view: Booking.View
  let createdAt: Timestamp

  func isRemembered(at time: Timestamp) -> Bool { time < createdAt.advanced(by: IdempotencyKey.lifetime) }
}
