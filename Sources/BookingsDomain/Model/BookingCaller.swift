import Kernel

/// Who asks for a booking.
package enum BookingCaller: Sendable {
  /// The tenant's own staff and servers.
  case staff
  /// A storefront, with the token that was given when the booking was made.
  case customer(token: String)

  /// Whether the booking exists for this caller.
  func mayUse(_ booking: Booking) -> Bool {
    switch self {
    case .staff: true
    case .customer(let token): Digest(of: token).isEqualInConstantTime(to: booking.accessToken)
    }
  }
}
