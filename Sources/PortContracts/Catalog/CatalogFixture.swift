package import CatalogDomain
package import Kernel

/// A kind of catalog record that the rules can make: what rules for all kinds need to know of it.
package protocol CatalogFixture: CatalogEntity, Equatable where Fields: Equatable {
  /// Fields that differ in everything from those of another number, and refer to no other record.
  static func fields(_ number: Int) -> Fields

  /// The slug of a record, where its kind has one.
  var slug: String? { get }
  /// When it was last changed.
  var updatedAt: Timestamp { get }
}

extension Segment: CatalogFixture {
  package static func fields(_ number: Int) -> Fields {
    Fields(
      slug: Fixtures.slug("segment-\(number)"), name: "Segment \(number) “à l'eau”", description: "100 % \(number)_\\",
      sortOrder: -number, active: number % 2 == 0)
  }

  package var slug: String? { fields.slug.description }
}

extension AddOn: CatalogFixture {
  package static func fields(_ number: Int) -> Fields {
    Fields(
      slug: Fixtures.slug("add-on-\(number)"), title: "Add-on \(number) 💐",
      description: number % 2 == 0 ? nil : "'; --", priceCents: number, active: number % 2 == 0)
  }

  package var slug: String? { fields.slug.description }
}

extension Package: CatalogFixture {
  package static func fields(_ number: Int) -> Fields {
    Fields(
      slug: Fixtures.slug("package-\(number)"), title: "Package \(number) \"quoted\"",
      description: "Line\nline\t\(number)", priceCents: number, currency: Fixtures.currency,
      grouping: number % 2 == 0 ? nil : "Evening", groupingOrder: number,
      status: Package.Status.allCases[abs(number) % Package.Status.allCases.count],
      photos: [Photo(url: "https://images.example/\(number).jpg", alt: "Łódź"), Photo(url: "/b.jpg", alt: "")])
  }

  package var slug: String? { fields.slug.description }
}

extension Venue: CatalogFixture {
  package static func fields(_ number: Int) -> Fields {
    Fields(
      name: "Venue \(number)", city: "Québec", address: number % 2 == 0 ? nil : "\(number) Rue {braces}",
      capacity: number % 2 == 0 ? nil : number, active: number % 2 == 0)
  }

  package var slug: String? { nil }
}
