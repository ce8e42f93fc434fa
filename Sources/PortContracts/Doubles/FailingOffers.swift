package import BookingsDomain
package import Kernel

/// Offers that fail every call unless a test gives an answer.
package struct FailingOffers: OfferPort {
  /// Answers `offer`.
  package var onOffer: @Sendable (TenantProfile, BookingRequest) async throws -> Offer = { _, _ in
    throw UnexpectedCall("offer")
  }

  /// Offers that fail every call.
  package init() {}

  package func offer(_ tenant: TenantProfile, for request: BookingRequest) async throws -> Offer {
    try await onOffer(tenant, request)
  }
}
