import BookingsDomain
import Kernel
import PortContracts
import Testing

@Suite("The states of a booking")
struct BookingStatusTests {
  private static let day = Fixtures.date

  @Test(
    "A hold that has run out is expired and a confirmed day that is over is completed; nothing else changes by itself",
    arguments: [
      (BookingStatus.pending, -1, 0, BookingStatus.pending), (.pending, 0, 0, .expired), (.pending, 1, 5, .expired),
      (.pending, -1, 1, .pending), (.confirmed, 1, 0, .confirmed), (.confirmed, 1, -1, .confirmed),
      (.confirmed, -1, 1, .completed), (.cancelled, 1, 1, .cancelled), (.expired, -1, -1, .expired),
      (.completed, -1, -1, .completed),
    ])
  func status(stored: BookingStatus, pastHold: Int, pastDay: Int, expected: BookingStatus) {
    let booking = Fixtures.booking(status: stored)
    let time = booking.expiresAt.advanced(by: .milliseconds(pastHold))
    #expect(booking.status(at: time, today: Self.day.advanced(byDays: pastDay)) == expected)
  }

  @Test("Pending and confirmed bookings are live, no others")
  func live() {
    #expect(BookingStatus.allCases.filter(\.isLive) == [.pending, .confirmed])
  }

  @Test("What is pending can be confirmed; what is live can be cancelled; the ends are ends")
  func actions() {
    #expect(BookingAction.confirm.allowedFrom == [.pending])
    #expect(BookingAction.cancel.allowedFrom == [.pending, .confirmed])
    #expect(BookingAction.allCases.map(\.result) == [.confirmed, .cancelled])
  }

  @Test("An action sets the status, its time and the reason, where one is given")
  func applying() {
    let booking = Fixtures.booking()
    let confirmed = booking.applying(.confirm, reason: "paid", at: Fixtures.time(plus: 1))
    #expect(confirmed.storedStatus == .confirmed)
    #expect(confirmed.confirmedAt == Fixtures.time(plus: 1))
    #expect(confirmed.cancelledAt == nil)
    #expect(confirmed.reason == "paid")
    let cancelled = confirmed.applying(.cancel, reason: nil, at: Fixtures.time(plus: 2))
    #expect(cancelled.storedStatus == .cancelled)
    #expect(cancelled.confirmedAt == Fixtures.time(plus: 1))
    #expect(cancelled.cancelledAt == Fixtures.time(plus: 2))
    #expect(cancelled.reason == "paid")
    #expect((cancelled.id, cancelled.date, cancelled.totalCents) == (booking.id, booking.date, booking.totalCents))
  }

  @Test("The total is that of the package and its add-ons as they were")
  func total() { #expect(Fixtures.booking().totalCents == 129_500) }

  @Test("The wire form shows the status of the moment, and when a hold runs out only while or after it does")
  func view() {
    for (status, pastHold, isShown) in [
      (BookingStatus.pending, -1, true), (.pending, 0, true), (.expired, 0, true), (.confirmed, -1, false),
      (.cancelled, -1, false), (.completed, -1, false),
    ] {
      let booking = Fixtures.booking(status: status)
      let time = booking.expiresAt.advanced(by: .milliseconds(pastHold))
      let view = booking.view(at: time, today: Self.day, for: .staff)
      #expect(view.status == booking.status(at: time, today: Self.day))
      #expect(view.expiresAt == (isShown ? booking.expiresAt : nil))
    }
  }

  @Test("Notes are shown to staff alone, and the access token to nobody")
  func audience() {
    let booking = Fixtures.booking()
    let staff = booking.view(at: Fixtures.time, today: Self.day, for: .staff)
    let customer = booking.view(at: Fixtures.time, today: Self.day, for: .customer(token: "any"))
    #expect(staff.notes == booking.notes)
    #expect(customer.notes == nil)
    #expect(staff.accessToken == nil)
    #expect(customer.accessToken == nil)
  }
}
