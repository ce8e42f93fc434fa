import AvailabilityDomain
import BookingsDomain
import CatalogDomain
import Kernel
import PortContracts
import PostgresAdapter
import PostgresClient
import Testing

/// Which index serves which call, in a database of 1,000 tenants with 200 packages and 100 bookings each.
@Suite("Query plans", .tags(.slow))
struct PlanTests {
  /// A call, and the index that must serve it.
  struct Expectation: Sendable, CustomTestStringConvertible {
    let index: String
    let name: String
    let call: @Sendable (Subject) async throws -> Void

    var testDescription: String { "\(index) serves \(name)" }

    init(_ index: String, _ name: String, _ call: @escaping @Sendable (Subject) async throws -> Void) {
      self.index = index
      self.name = name
      self.call = call
    }
  }

  /// Repositories whose statements are explained.
  struct Subject: Sendable {
    let database: TenantDatabase
    let platform: PlatformDatabase
    let tenant = GeneratedData.tenant(500)

    var reader: PostgresCatalogReader { PostgresCatalogReader(database: database) }
    var bookings: PostgresBookingRepository { PostgresBookingRepository(database: database, platform: platform) }

    /// Walks to the second page of the public packages.
    func packages(_ sort: PackageSort, segment: String? = nil, grouping: String? = nil) async throws {
      var query = PackageQuery(segment: segment, grouping: grouping, sort: sort, page: PageRequest(limit: 5))
      let first = try await reader.packages(tenant, query)
      #expect(first.count == 6)
      query.page = PageRequest(after: sort.place(of: first[4]), limit: 5)
      let second = try await reader.packages(tenant, query)
      #expect(second.first?.id == first[5].id)
    }

    func list(_ query: BookingQuery) async throws {
      let found = try await bookings.list(tenant, query, at: Fixtures.time, today: GeneratedData.day(0))
      #expect(!found.isEmpty)
    }
  }

  static let expectations: [Expectation] = [
    Expectation("packages_status_idx", "published packages in the default order") { try await $0.packages(.order) },
    Expectation("packages_status_idx", "the page that a storefront begins with, 50 packages with their add-ons") {
      let packages = try await $0.reader.packages($0.tenant, PackageQuery())
      #expect(packages.count == 51 && packages.allSatisfy { $0.addOns.count == 3 })
    },
    Expectation("packages_title_idx", "published packages by title") { try await $0.packages(.title) },
    Expectation("packages_price_idx", "published packages by price") { try await $0.packages(.price) },
    Expectation("packages_price_idx", "published packages by falling price") {
      try await $0.packages(.descendingPrice)
    },
    Expectation("packages_newest_idx", "the newest published packages") { try await $0.packages(.newest) },
    Expectation("packages_segment_idx", "published packages of a segment") {
      try await $0.packages(.order, segment: "segment-2")
    },
    Expectation("packages_grouping_idx", "published packages of a segment and a grouping") {
      try await $0.packages(.order, segment: "segment-2", grouping: "grouping-1")
    },
    Expectation("packages_slug_key", "a package") {
      let package = try await $0.reader.package($0.tenant, slug: "package-7")
      #expect(package?.addOns.count == 3)
    },
    Expectation("segments_active_idx", "active segments") {
      let segments = try await $0.reader.segments($0.tenant, PageRequest(limit: 1))
      #expect(segments.count == 2)
    },
    Expectation("add_ons_active_idx", "active add-ons") {
      let addOns = try await $0.reader.addOns($0.tenant, segment: nil, PageRequest(limit: 5))
      #expect(addOns.count == 6)
    },
    Expectation("add_ons_segment_idx", "active add-ons of a segment") {
      let addOns = try await $0.reader.addOns($0.tenant, segment: "segment-2", PageRequest())
      #expect(!addOns.isEmpty)
    },
    Expectation("venues_city_idx", "active venues of a city") {
      let venues = try await $0.reader.venues($0.tenant, city: "City 3", PageRequest())
      #expect(venues.count == 4)
    },
    Expectation("bookings_tenant_newest_idx", "the newest bookings of a tenant") {
      try await $0.list(BookingQuery(page: PageRequest(limit: 5)))
    },
    Expectation("bookings_status_idx", "cancelled bookings") {
      try await $0.list(BookingQuery(status: .cancelled, page: PageRequest(limit: 5)))
    },
    Expectation("bookings_status_idx", "expired bookings, two stored statuses") {
      try await $0.list(BookingQuery(status: .expired, page: PageRequest(limit: 5)))
    },
    Expectation("bookings_date_idx", "bookings of a few days") {
      try await $0.list(BookingQuery(from: GeneratedData.day(3), to: GeneratedData.day(4)))
    },
    Expectation("bookings_status_date_idx", "cancelled bookings of a month") {
      try await $0.list(BookingQuery(status: .cancelled, from: GeneratedData.day(1), to: GeneratedData.day(10)))
    },
    Expectation("bookings_customer_idx", "the bookings of a customer") {
      try await $0.list(BookingQuery(customer: GeneratedData.customer(7)))
    },
    Expectation("bookings_confirmed_idx", "bookings by when they were confirmed") {
      let start = Timestamp(milliseconds: 1_798_761_600_000 + 500_000 + 40 * 3_600_000)
      try await $0.list(BookingQuery(confirmedFrom: start, confirmedTo: start.advanced(by: .seconds(8 * 3600))))
    },
    Expectation("bookings_slot_key", "a month of availability") {
      let availability = PostgresAvailabilityRepository(database: $0.database)
      let month = try await availability.occupancy($0.tenant, GeneratedData.day(20).month, at: Fixtures.time)
      #expect(!month.taken.isEmpty)
    },
    Expectation("days_pkey", "a booking, whose statements read a handful of rows each") { subject in
      let (date, earlier) = (Fixtures.date.advanced(byDays: 200), Timestamp(milliseconds: 1_767_225_600_000))
      try await subject.bookings.book(subject.tenant, Fixtures.booking(on: date, createdAt: earlier))
    },
    Expectation("customers_tenant_newest_idx", "the newest customers of a tenant") {
      let customers = try await $0.bookings.customers($0.tenant, PageRequest(limit: 5))
      #expect(customers.count == 6)
    },
    Expectation("bookings_newest_idx", "the newest bookings of all tenants") {
      let newest = try await PostgresBookingReports(platform: $0.platform).newestBookings(limit: 10)
      #expect(newest.first?.tenant == GeneratedData.tenant(1000))
    },
    Expectation("customers_newest_idx", "the newest customers of all tenants") {
      let newest = try await PostgresBookingReports(platform: $0.platform).newestCustomers(limit: 10)
      #expect(newest.first?.tenant == GeneratedData.tenant(1000))
    },
    Expectation("bookings_holds_idx", "the sweep of overdue holds") {
      _ = try await $0.bookings.sweep(at: Timestamp(milliseconds: 1_000_000_000_000))
    },
    Expectation("bookings_days_idx", "the sweep of days that are over") {
      _ = try await $0.bookings.sweep(at: Timestamp(milliseconds: 1_000_000_000_000))
    },
    Expectation("idempotency_keys_expiry_idx", "the sweep of idempotency keys") {
      _ = try await $0.bookings.sweep(at: Timestamp(milliseconds: 1_000_000_000_000))
    },
  ]

  @Test("An index serves each call, and nothing reads a whole table", arguments: expectations)
  func plan(_ expectation: Expectation) async throws {
    let database = try await GeneratedData.database.value
    let recording = RecordingDatabase(database.node)
    try await expectation.call(
      Subject(
        database: TenantDatabase(recording, logger: .quiet), platform: PlatformDatabase(recording, logger: .quiet)))
    let plans = try await recording.takeAsked().asked.asyncMap { try await database.explain($0) }
    let used = plans.contains { $0.contains(expectation.index) }
    #expect(used, "\(plans.joined(separator: "\n\n"))")
    for plan in plans {
      // A few rows: looking at all is right.
      let scanned = plan.matches(of: /Seq Scan on (\w+)/).map { String($0.output.1) }
      #expect(scanned.allSatisfy { $0 == "tenants" }, "\(plan)")
      let removed = plan.matches(of: /Rows Removed by (?:Join )?Filter: (\d+)/).compactMap { Int($0.output.1) }
      #expect(removed.allSatisfy { $0 < 200 }, "\(plan)")
    }
    print(expectation.testDescription, plans.compactMap { $0.firstMatch(of: /Execution Time: [\d.]+ ms/)?.output })
  }

  @Test("Whatever the plan, packages come in the order of their list", arguments: PackageSort.allCases)
  func order(_ sort: PackageSort) async throws {
    let database = try await GeneratedData.database.value
    let reader = PostgresCatalogReader(database: TenantDatabase(database.node, logger: .quiet))
    // More than five times: then the server may keep a plan that it makes for any parameters.
    for limit in [1, 2, 5, 20, 50, 100, 50, 20] {
      let query = PackageQuery(sort: sort, page: PageRequest(limit: limit))
      let packages = try await reader.packages(GeneratedData.tenant(7), query)
      let places = packages.map(sort.place)
      #expect(places.count == limit + 1 && places == places.sorted(), "a page of \(limit)")
    }
  }
}

/// Indexes that serve what the database asks itself.
@Suite("Indexes of constraints", .tags(.slow))
struct ConstraintIndexTests {
  @Test("segments_sort_order_key serves the check that a package stands in its segment's order")
  func sortOrder() async throws {
    let database = try await TestDatabase()
    _ = try await database.fillCatalog(packages: 1)
    let scans = """
      SELECT pg_stat_force_next_flush(), idx_scan FROM pg_stat_user_indexes
      WHERE indexrelname = 'segments_sort_order_key' AND idx_scan > 0
      """
    // Sessions tell of what they have read now and then.
    try await poll { try await database.node.query(PostgresStatement(scans, isPrepared: false)).count == 1 }
  }
}

extension Tag {
  /// Takes more than a second or two.
  @Tag static var slow: Self
}

extension Sequence {
  fileprivate func asyncMap<Value>(_ body: (Element) async throws -> Value) async rethrows -> [Value] {
    var values: [Value] = []
    for element in self { values.append(try await body(element)) }
    return values
  }
}

extension TestDatabase {
  /// How the server executes a statement that was asked, as text.
  fileprivate func explain(_ asked: RecordingDatabase.Asked) async throws -> String {
    let statement = PostgresStatement("EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF) " + asked.query.statement.sql)
    return try await node.transaction(setup: asked.setup) { transaction in
      // The first execution warms what the second is measured with.
      _ = try await transaction.query(statement, asked.query.parameters)
      let lines = try await transaction.query(statement, asked.query.parameters)
      return try lines.map { try $0.decode(0, as: String.self) }.joined(separator: "\n")
    }
  }
}
