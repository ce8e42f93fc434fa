package import Kernel

/// What a tenant sells: a package that is booked for a date.
package struct Package: CatalogEntity, Equatable {
  /// Whether storefronts see it.
  package enum Status: String, Codable, Sendable, CaseIterable {
    case draft
    case published
    case archived
  }

  package struct Photo: Codable, Sendable, Equatable {
    package let url: String
    package let alt: String

    package init(url: String, alt: String) {
      self.url = url
      self.alt = alt
    }
  }

  package struct Fields: Codable, Sendable, Equatable {
    package var slug: Slug
    package var title: String
    package var description: String
    /// In minor units of `currency`.
    package var priceCents: Int
    package var currency: CurrencyCode
    package var segmentSlug: Slug?
    package var grouping: String?
    /// Its place within its grouping, lowest first.
    package var groupingOrder: Int
    package var status: Status
    package var photos: [Photo]
    package var addOnSlugs: [Slug]

    package init(
      slug: Slug, title: String, description: String = "", priceCents: Int, currency: CurrencyCode,
      segmentSlug: Slug? = nil, grouping: String? = nil, groupingOrder: Int = 0, status: Status = .draft,
      photos: [Photo] = [], addOnSlugs: [Slug] = []
    ) {
      self.slug = slug
      self.title = title
      self.description = description
      self.priceCents = priceCents
      self.currency = currency
      self.segmentSlug = segmentSlug
      self.grouping = grouping
      self.groupingOrder = groupingOrder
      self.status = status
      self.photos = photos
      self.addOnSlugs = addOnSlugs
    }
  }

  /// What addresses beside those of packages are called.
  package static let reservedSlugs: Set<String> = ["import", "export"]

  package static let name = "package"

  package static func tags(of fields: [Fields]) -> [String] {
    [CatalogTag.packages] + Set(fields.map { CatalogTag.package($0.slug.description) }).sorted()
  }

  package let id: ID<Package>
  package let version: Int
  package let fields: Fields
  /// The add-ons that `fields` names, in that order.
  package let addOns: [AddOn]
  /// The place of its segment among the segments; the largest number without one.
  package let segmentOrder: Int
  package let createdAt: Timestamp
  package let updatedAt: Timestamp

  package init(
    id: ID<Package>, version: Int, fields: Fields, addOns: [AddOn], segmentOrder: Int, createdAt: Timestamp,
    updatedAt: Timestamp
  ) {
    self.id = id
    self.version = version
    self.fields = fields
    self.addOns = addOns
    self.segmentOrder = segmentOrder
    self.createdAt = createdAt
    self.updatedAt = updatedAt
  }
}
