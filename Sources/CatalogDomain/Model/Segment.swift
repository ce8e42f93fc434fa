package import Kernel

/// A part of a tenant's catalog, for example "Coast" or "Evening tours".
package struct Segment: CatalogEntity, Equatable {
  package struct Fields: Codable, Sendable, Equatable {
    package var slug: Slug
    package var name: String
    package var description: String?
    /// Its place among the segments, lowest first.
    package var sortOrder: Int
    package var active: Bool

    package init(slug: Slug, name: String, description: String? = nil, sortOrder: Int = 0, active: Bool = true) {
      self.slug = slug
      self.name = name
      self.description = description
      self.sortOrder = sortOrder
      self.active = active
    }
  }

  package struct View: Codable, Sendable, Equatable {
    package let id: ID<Segment>
    package let slug: Slug
    package let name: String
    @ExplicitNull package var description: String?
    package let sortOrder: Int
    package let active: Bool
    package let createdAt: Timestamp
    package let updatedAt: Timestamp
  }

  package static let name = "segment"

  package let id: ID<Segment>
  package let version: Int
  package let fields: Fields
  package let createdAt: Timestamp
  package let updatedAt: Timestamp

  package init(id: ID<Segment>, version: Int, fields: Fields, createdAt: Timestamp, updatedAt: Timestamp) {
    self.id = id
    self.version = version
    self.fields = fields
    self.createdAt = createdAt
    self.updatedAt = updatedAt
  }

  package func view(for audience: Audience) -> View {
    View(
      id: id, slug: fields.slug, name: fields.name, description: fields.description, sortOrder: fields.sortOrder,
      active: fields.active, createdAt: createdAt, updatedAt: updatedAt)
  }

  /// Where it stands in the public list.
  package var place: SortPlace {
    SortPlace([.number(fields.sortOrder), .text(fields.name), .text(id.description)])
  }
}
