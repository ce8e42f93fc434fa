import AvailabilityDomain
import BookingsDomain
import CatalogDomain
import Kernel
import PortContracts
import PostgresAdapter
import PostgresClient
import TenancyDomain
import Testing

@Suite("Query budgets")
struct QueryBudgetTests {
  /// A call, and how many statements it may cost.
  struct Budget: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let statements: Int
    let call: @Sendable (Subject) async throws -> Void

    init(_ name: String, _ statements: Int, _ call: @escaping @Sendable (Subject) async throws -> Void) {
      testDescription = name
      self.statements = statements
      self.call = call
    }
  }

  /// Repositories whose statements are counted.
  struct Subject: Sendable {
    let database: TenantDatabase
    let platform: PlatformDatabase
    let tenant: TenantID

    var reader: PostgresCatalogReader { PostgresCatalogReader(database: database) }
    var bookings: PostgresBookingRepository { PostgresBookingRepository(database: database, platform: platform) }
  }

  static let budgets: [Budget] = [
    Budget("a list of packages with their add-ons", 1) { subject in
      let packages = try await subject.reader.packages(subject.tenant, PackageQuery())
      #expect(packages.count == 30 && packages.allSatisfy { $0.addOns.count == 2 })
    },
    Budget("a filtered page of packages", 1) { subject in
      let query = PackageQuery(segment: "coast", sort: .price, page: PageRequest(limit: 10))
      let packages = try await subject.reader.packages(subject.tenant, query)
      #expect(packages.count == 11)
    },
    Budget("a package", 1) { subject in
      let package = try await subject.reader.package(subject.tenant, slug: "p-1")
      #expect(package?.addOns.count == 2)
    },
    Budget("lists of segments, add-ons and venues", 3) { subject in
      _ = try await subject.reader.segments(subject.tenant, PageRequest())
      _ = try await subject.reader.addOns(subject.tenant, segment: "coast", PageRequest())
      _ = try await subject.reader.venues(subject.tenant, city: nil, PageRequest())
    },
    Budget("the staff's list of packages", 1) { subject in
      let packages = PostgresPackageRepository(database: subject.database)
      let page = try await packages.list(subject.tenant, PageRequest())
      #expect(page.count == 30)
    },
    Budget("a month of availability", 1) { subject in
      let availability = PostgresAvailabilityRepository(database: subject.database)
      _ = try await availability.occupancy(subject.tenant, Fixtures.date.month, at: Fixtures.time)
    },
    Budget("a list of expired bookings, two stored statuses", 1) { subject in
      let query = BookingQuery(status: .expired)
      _ = try await subject.bookings.list(subject.tenant, query, at: Fixtures.time, today: Fixtures.date)
    },
    Budget("a booking, all in one round trip", 6) { subject in
      try await subject.bookings.book(subject.tenant, Fixtures.booking())
    },
    Budget("a confirmation", 1) { subject in
      _ = try await subject.bookings.perform(.confirm, subject.tenant, Fixtures.booking())
    },
    Budget("the holder of a key", 1) { subject in
      let directory = PostgresTenantRepository(database: subject.database, platform: subject.platform)
      _ = try await directory.holder(of: Digest(of: "a key"))
    },
  ]

  @Test(
    "A call costs no more statements than its budget, and one round trip for each read and write", arguments: budgets)
  func budget(_ budget: Budget) async throws {
    let shared = try await TestDatabase.shared.value
    let recording = RecordingDatabase(shared.node)
    let subject = Subject(
      database: TenantDatabase(recording, logger: .quiet), platform: PlatformDatabase(recording, logger: .quiet),
      tenant: try await shared.fillCatalog(packages: 30))
    try await budget.call(subject)
    let cost = recording.takeAsked()
    #expect(cost.asked.count <= budget.statements)
    #expect(cost.asked.count > 0)
    #expect(cost.roundTrips == (budget.statements == 6 ? 1 : budget.statements))
  }

  @Test("Every statement of a tenant's repositories names the tenant, and goes out with role and tenant")
  func namesTheTenant() async throws {
    let shared = try await TestDatabase.shared.value
    let recording = RecordingDatabase(shared.node)
    let subject = Subject(
      database: TenantDatabase(recording, logger: .quiet), platform: PlatformDatabase(recording, logger: .quiet),
      tenant: try await shared.fillCatalog(packages: 30))
    for budget in Self.budgets where !budget.testDescription.hasPrefix("the holder") { try await budget.call(subject) }
    for asked in recording.takeAsked().asked {
      let sql = asked.query.statement.sql
      let isInsertion = sql.hasPrefix("INSERT")
      let setsOnly = sql.contains("pg_try_advisory_xact_lock")
      #expect(sql.contains("tenant_id = $1") || isInsertion || setsOnly, "\(sql)")
      #expect(asked.query.parameters.first == asked.tenant, "\(sql)")
      #expect(asked.setup.count == 1 && asked.setup[0].parameters.last == .text(subject.tenant.description))
    }
  }
}

extension RecordingDatabase.Asked {
  /// The tenant of the setup, as a parameter.
  var tenant: PostgresValue? {
    guard case .text(let text) = setup.first?.parameters.last, let id = UniqueID(text) else { return nil }
    return .uuid(PostgresUUID(high: id.high, low: id.low))
  }
}
