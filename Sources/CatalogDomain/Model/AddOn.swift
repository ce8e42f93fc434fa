package import Kernel

/// Something a customer can add to a package, for example a bouquet.
package struct AddOn: CatalogEntity, Equatable {
  package struct Fields: Codable, Sendable, Equatable {
    package var slug: Slug
    package var title: String
    package var description: String?
    /// In minor units of the tenant's currency.
    package var priceCents: Int
    package var segmentSlug: Slug?
    package var active: Bool

    package init(
      slug: Slug, title: String, description: String? = nil, priceCents: Int, segmentSlug: Slug? = nil,
      active: Bool = true
    ) {
      self.slug = slug
      self.title = title
      self.description = description
      self.priceCents = priceCents
      self.segmentSlug = segmentSlug
      self.active = active
    }
  }

  package struct View: Codable, Sendable, Equatable {
    package let id: ID<AddOn>
    package let slug: Slug
    package let title: String
    @ExplicitNull package var description: String?
    package let priceCents: Int
    @ExplicitNull package var segment: Slug?
    package let active: Bool
    package let createdAt: Timestamp
    package let updatedAt: Timestamp
  }

  package static let name = "add-on"

  package let id: ID<AddOn>
  package let version: Int
  package let fields: Fields
  package let createdAt: Timestamp
  package let updatedAt: Timestamp

  package init(id: ID<AddOn>, version: Int, fields: Fields, createdAt: Timestamp, updatedAt: Timestamp) {
    self.id = id
    self.version = version
    self.fields = fields
    self.createdAt = createdAt
    self.updatedAt = updatedAt
  }

  package func view(for audience: Audience) -> View {
    View(
      id: id, slug: fields.slug, title: fields.title, description: fields.description, priceCents: fields.priceCents,
      segment: fields.segmentSlug, active: fields.active, createdAt: createdAt, updatedAt: updatedAt)
  }

  /// Where it stands in the public list.
  package var place: SortPlace { SortPlace([.text(fields.title), .text(id.description)]) }
}
