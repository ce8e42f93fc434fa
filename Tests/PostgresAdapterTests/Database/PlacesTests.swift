import BookingsDomain
import CatalogDomain
import Kernel
import PortContracts
import PostgresAdapter
import Testing

/// Places come from cursors, and those from clients.
@Suite("Places that pages begin after")
struct PlacesTests {
  private static let id = Fixtures.id(of: Package.self).description

  /// Places that are of no list: too few values, too many, of another kind, or not to be kept as text.
  static let strange: [SortPlace] = [
    SortPlace([]), SortPlace([.text("a")]), SortPlace([.number(1), .number(1)]),
    SortPlace([.text("a"), .text("b"), .text("c"), .text("d"), .text(id)]), SortPlace([.text("a"), .text("no id")]),
    SortPlace([.text("\u{0}"), .text(id)]),
  ]

  @Test("A place that is not of the list is refused as a malformed cursor, by every order", arguments: strange)
  func refused(_ place: SortPlace) async throws {
    let database = try await TestDatabase.shared.value
    let (tenant, page) = (Fixtures.tenantID(), PageRequest(after: place))
    let reader = PostgresCatalogReader(database: database.tenants)
    for sort in PackageSort.allCases {
      try await requireRefusal(.malformedRequest, field: "cursor") {
        try await reader.packages(tenant, PackageQuery(sort: sort, page: page))
      }
    }
    try await requireRefusal(.malformedRequest, field: "cursor") { try await reader.segments(tenant, page) }
    try await requireRefusal(.malformedRequest, field: "cursor") {
      try await PostgresVenueRepository(database: database.tenants).list(tenant, page)
    }
    try await requireRefusal(.malformedRequest, field: "cursor") {
      try await database.bookings.list(
        tenant, BookingQuery(page: page), at: Fixtures.time, today: Fixtures.date)
    }
  }

  @Test("Numbers beyond what columns hold are places before or after everything")
  func extremes() async throws {
    let database = try await TestDatabase.shared.value
    let tenant = try await database.fillCatalog(packages: 2)
    let reader = PostgresCatalogReader(database: database.tenants)
    let lowest = PageRequest(after: SortPlace([.number(.min), .text(Self.id)]))
    for sort in [PackageSort.descendingPrice, .newest] {
      // What has no negative is no place among negatives.
      try await requireRefusal(.malformedRequest, field: "cursor") {
        try await reader.packages(tenant, PackageQuery(sort: sort, page: lowest))
      }
    }
    for (number, count) in [(Int.max, 0), (.min, 2)] {
      let place = SortPlace([.number(number), .number(number), .text(""), .text(Self.id)])
      let found = try await reader.packages(tenant, PackageQuery(page: PageRequest(after: place)))
      #expect(found.count == count)
    }
  }

  @Test("Texts that no record can hold find nothing")
  func unknowable() async throws {
    let database = try await TestDatabase.shared.value
    let tenant = try await database.fillCatalog(packages: 2)
    let reader = PostgresCatalogReader(database: database.tenants)
    for query in [PackageQuery(segment: "\u{0}"), PackageQuery(grouping: "\u{0}"), PackageQuery(text: "\u{0}")] {
      #expect(try await reader.packages(tenant, query).isEmpty)
    }
    #expect(try await reader.package(tenant, slug: "\u{0}") == nil)
    #expect(try await reader.segment(tenant, slug: "\u{0}") == nil)
    #expect(try await reader.addOns(tenant, segment: "\u{0}", PageRequest()).isEmpty)
    #expect(try await reader.venues(tenant, city: "\u{0}", PageRequest()).isEmpty)
  }
}
