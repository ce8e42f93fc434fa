import BookingsDomain
import CatalogDomain
import Kernel
import PortContracts
import PostgresAdapter
import TenancyDomain
import Testing

@Suite("Generated data")
struct DataGeneratorTests {
  @Test(
    "It makes what it is asked for, reachable by its keys and readable through the repositories; again, nothing more")
  func amounts() async throws {
    let database = try await TestDatabase()
    let generator = DataGenerator(
      platform: database.platform, size: .init(tenants: 25, packages: 30, bookings: 110), seed: 7, today: Fixtures.date)
    let names = GeneratedNames(seed: 7)
    for _ in 0..<2 {
      var steps: [Int] = []
      try await generator.run { steps.append($0) }
      #expect(steps == [20, 25])
      #expect(try await counts(database) == "25|50|750|110")
    }
    let key = try #require(APIKey(names.keys(23)[0]))
    let holder = try #require(try await database.directory.holder(of: key.digest))
    #expect(holder.tenant.slug.description == names.slug(23))
    let tenant = holder.tenant.id
    let packages = try await PostgresCatalogReader(database: database.tenants).packages(tenant, PackageQuery())
    #expect(packages.count == 27)
    #expect(packages.allSatisfy { $0.addOns.count == 3 && $0.fields.segmentSlug != nil })
    let bookings = try await database.bookings.list(
      tenant, BookingQuery(), at: Fixtures.time, today: Fixtures.date)
    #expect(bookings.count == 4)
  }

  @Test("Word is left of what tenants gain that were there, and none of tenants that are made")
  func word() async throws {
    let database = try await TestDatabase()
    func grow(packages: Int, bookings: Int) async throws -> String {
      let generator = DataGenerator(
        platform: database.platform, size: .init(tenants: 2, packages: packages, bookings: bookings), seed: 3,
        today: Fixtures.date)
      try await generator.run()
      return try await database.psql("SELECT string_agg(DISTINCT array_to_string(tags, ' '), ',') FROM outbox")
    }
    #expect(try await grow(packages: 5, bookings: 2) == "")
    #expect(try await grow(packages: 5, bookings: 2) == "")
    #expect(try await grow(packages: 6, bookings: 2) == "offers")
    #expect(try await grow(packages: 6, bookings: 12).contains("month-"))
  }

  @Test("The same seed makes the same, another something else")
  func seeds() async throws {
    let databases = try await [TestDatabase(), TestDatabase(), TestDatabase()]
    var prices: [String] = []
    for (database, seed) in zip(databases, [1, 1, 2]) {
      let generator = DataGenerator(
        platform: database.platform, size: .init(tenants: 1, packages: 50, bookings: 5), seed: seed,
        today: Fixtures.date)
      try await generator.run()
      prices.append(
        try await database.psql("SELECT string_agg(id || ' ' || price_cents, ',' ORDER BY id) FROM packages"))
    }
    #expect(prices[0] == prices[1])
    #expect(prices[0] != prices[2])
  }

  private func counts(_ database: TestDatabase) async throws -> String {
    try await database.psql(
      """
      SELECT (SELECT count(*) FROM tenants), (SELECT count(*) FROM api_keys), (SELECT count(*) FROM packages),
        (SELECT count(*) FROM bookings)
      """)
  }
}
