import BookingsDomain
import CatalogDomain
import Kernel

/// What is on sale, for the bookings domain: asked of the catalog's repositories, never of a cache.
struct CatalogOffers: OfferPort {
  private let reader: any CatalogReadPort
  private let venues: any CatalogRepositoryPort<Venue>

  /// Offers of a catalog.
  init(reader: any CatalogReadPort, venues: any CatalogRepositoryPort<Venue>) {
    self.reader = reader
    self.venues = venues
  }

  func offer(_ tenant: TenantProfile, for request: BookingRequest) async throws -> Offer {
    guard let package = try await reader.package(tenant.id, slug: request.packageSlug) else {
      throw DomainError.notFound("package")
    }
    let fields = package.fields
    return Offer(
      package: Booking.Item(slug: fields.slug, title: fields.title, priceCents: fields.priceCents),
      addOns: try items(request.addOnSlugs, of: package), venue: try await place(tenant.id, request.venueId),
      currency: fields.currency)
  }

  /// Only what the package offers and what is active can be added, each once.
  private func items(_ slugs: [String], of package: Package) throws -> [Booking.Item] {
    var chosen: Set<String> = []
    return try slugs.enumerated().map { index, slug in
      let offered = package.addOns.first { $0.fields.slug.description == slug && $0.fields.active }
      guard let addOn = offered else {
        throw DomainError.invalid("addOnSlugs[\(index)]", "is no add-on of this package")
      }
      guard chosen.insert(slug).inserted else { throw DomainError.invalid("addOnSlugs[\(index)]", "is named twice") }
      return Booking.Item(slug: addOn.fields.slug, title: addOn.fields.title, priceCents: addOn.fields.priceCents)
    }
  }

  private func place(_ tenant: TenantID, _ id: UniqueID?) async throws -> Booking.Place? {
    guard let id else { return nil }
    guard let venue = try await venues.find(tenant, .id(ID(id))), venue.fields.active else {
      throw DomainError.invalid("venueId", "is no venue of this tenant")
    }
    return Booking.Place(id: id, name: venue.fields.name, city: venue.fields.city)
  }
}
