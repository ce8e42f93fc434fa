/// Where a booking stands.
///
///     PENDING ──confirm──▶ CONFIRMED ──day over──▶ COMPLETED
///        │ └──hold over──▶ EXPIRED
///        └────cancel──────┬──▶ CANCELLED
///     CONFIRMED ──cancel──┘
package enum BookingStatus: String, Codable, Sendable, CaseIterable {
  case pending = "PENDING"
  case confirmed = "CONFIRMED"
  case cancelled = "CANCELLED"
  case expired = "EXPIRED"
  case completed = "COMPLETED"

  /// Whether a booking in this status takes its date.
  package var isLive: Bool { self == .pending || self == .confirmed }
}

/// What can be done to a booking.
package enum BookingAction: String, Sendable, CaseIterable {
  case confirm
  case cancel

  /// The statuses it can be done in.
  package var allowedFrom: [BookingStatus] {
    switch self {
    case .confirm: [.pending]
    case .cancel: [.pending, .confirmed]
    }
  }

  /// The status it leads to.
  package var result: BookingStatus {
    switch self {
    case .confirm: .confirmed
    case .cancel: .cancelled
    }
  }
}
