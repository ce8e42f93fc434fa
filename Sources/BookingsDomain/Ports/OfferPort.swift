package import Kernel

/// How bookings reach the catalog: what is on sale now, and for how much. Never answered from a cache.
package protocol OfferPort: Sendable {
  /// The published package with the named active add-ons and venue. Throws `notFound` for the package, and
  /// `validationFailed` naming `addOnSlugs` or `venueId` for what is not on offer with it.
  func offer(_ tenant: TenantProfile, for request: BookingRequest) async throws -> Offer
}
