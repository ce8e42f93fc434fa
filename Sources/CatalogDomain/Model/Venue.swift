package import Kernel

/// A place where a package is delivered.
package struct Venue: CatalogEntity, Equatable {
  package struct Fields: Codable, Sendable, Equatable {
    package var name: String
    package var city: String
    package var address: String?
    /// Most guests, where there is a limit.
    package var capacity: Int?
    package var active: Bool

    package init(name: String, city: String, address: String? = nil, capacity: Int? = nil, active: Bool = true) {
      self.name = name
      self.city = city
      self.address = address
      self.capacity = capacity
      self.active = active
    }
  }

  package struct View: Codable, Sendable, Equatable {
    package let id: ID<Venue>
    package let name: String
    package let city: String
    @ExplicitNull package var address: String?
    @ExplicitNull package var capacity: Int?
    package let active: Bool
    package let createdAt: Timestamp
    package let updatedAt: Timestamp
  }

  package static let name = "venue"

  package static func tags(of fields: [Fields]) -> [String] { [CatalogTag.venues] }

  package let id: ID<Venue>
  package let version: Int
  package let fields: Fields
  package let createdAt: Timestamp
  package let updatedAt: Timestamp

  package init(id: ID<Venue>, version: Int, fields: Fields, createdAt: Timestamp, updatedAt: Timestamp) {
    self.id = id
    self.version = version
    self.fields = fields
    self.createdAt = createdAt
    self.updatedAt = updatedAt
  }

  package func view(for audience: Audience) -> View {
    View(
      id: id, name: fields.name, city: fields.city, address: fields.address, capacity: fields.capacity,
      active: fields.active, createdAt: createdAt, updatedAt: updatedAt)
  }

  /// Where it stands in the public list.
  package var place: SortPlace { SortPlace([.text(fields.city), .text(fields.name), .text(id.description)]) }
}
