import BookingsDomain
import Kernel

/// Which bookings take which dates: those stored as pending or confirmed.
struct TakenDates: Sendable {
  /// How long a booking keeps its date.
  enum Claim: Sendable {
    /// Pending: until its hold runs out.
    case hold(until: Timestamp)
    /// Confirmed.
    case firm

    init?(_ booking: Booking) {
      switch booking.storedStatus {
      case .pending: self = .hold(until: booking.expiresAt)
      case .confirmed: self = .firm
      case .cancelled, .expired, .completed: return nil
      }
    }

    /// Whether it is a hold that has run out at `time`.
    func isOverdue(at time: Timestamp) -> Bool {
      if case .hold(let end) = self { end <= time } else { false }
    }
  }

  private(set) var claims: [CalendarDate: [ID<Booking>: Claim]] = [:]

  /// Notes what a booking takes now.
  mutating func update(_ booking: Booking) {
    claims[booking.date, default: [:]][booking.id] = Claim(booking)
    if claims[booking.date]?.isEmpty == true { claims[booking.date] = nil }
  }

  /// How many bookings of a day are live at `time`, and when the first pending one of them runs out.
  func live(on date: CalendarDate, at time: Timestamp) -> (count: Int, holdsUntil: Timestamp?) {
    guard let claims = claims[date]?.values else { return (0, nil) }
    let live = claims.lazy.filter { !$0.isOverdue(at: time) }
    let ends = live.compactMap { if case .hold(let end) = $0 { end } else { nil } }
    return (live.count, ends.min())
  }

  /// The bookings of a day whose holds have run out at `time`.
  func overdue(on date: CalendarDate, at time: Timestamp) -> [ID<Booking>] {
    claims[date]?.filter { $0.value.isOverdue(at: time) }.map(\.key) ?? []
  }
}
