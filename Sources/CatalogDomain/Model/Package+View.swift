package import Kernel

extension Package {
  package struct View: Codable, Sendable, Equatable {
    package struct AddOnView: Codable, Sendable, Equatable {
      package let id: ID<AddOn>
      package let slug: Slug
      package let title: String
      package let priceCents: Int
    }

    package let id: ID<Package>
    package let slug: Slug
    package let title: String
    package let description: String
    package let priceCents: Int
    package let currency: CurrencyCode
    @ExplicitNull package var segment: Slug?
    @ExplicitNull package var grouping: String?
    package let groupingOrder: Int
    package let status: Status
    package let photos: [Photo]
    package let addOns: [AddOnView]
    package let createdAt: Timestamp
    package let updatedAt: Timestamp
  }

  /// Staff see every add-on the package names, storefronts those that are on sale.
  package func view(for audience: Audience) -> View {
    View(
      id: id, slug: fields.slug, title: fields.title, description: fields.description, priceCents: fields.priceCents,
      currency: fields.currency, segment: fields.segmentSlug, grouping: fields.grouping,
      groupingOrder: fields.groupingOrder, status: fields.status, photos: fields.photos,
      addOns: addOns.filter { audience == .staff || $0.fields.active }.map { addOn in
        View.AddOnView(
          id: addOn.id, slug: addOn.fields.slug, title: addOn.fields.title, priceCents: addOn.fields.priceCents)
      },
      createdAt: createdAt, updatedAt: updatedAt)
  }
}
