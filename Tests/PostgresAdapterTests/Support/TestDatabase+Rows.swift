import AvailabilityDomain
import CatalogDomain
import Kernel
import PortContracts
import PostgresAdapter

extension TestDatabase {
  /// Two tenants with a row in every table each.
  func fill() async throws -> TenantPair {
    let pair = try await TenantPair.insert(into: directory)
    for tenant in [pair.tenant, pair.other] {
      let segments = PostgresSegmentRepository(database: tenants)
      let addOns = PostgresAddOnRepository(database: tenants)
      let packages = PostgresPackageRepository(database: tenants)
      let venues = PostgresVenueRepository(database: tenants)
      _ = try await segments.insert(tenant, id: Fixtures.id(), Fixtures.segment("coast"), at: Fixtures.time)
      _ = try await addOns.insert(tenant, id: Fixtures.id(), Fixtures.addOn("cake"), at: Fixtures.time)
      let package = Fixtures.package("dawn", segment: "coast", addOns: ["cake"])
      _ = try await packages.insert(tenant, id: Fixtures.id(), package, at: Fixtures.time)
      let venue = Venue.Fields(name: "Lighthouse", city: "Lunenburg")
      _ = try await venues.insert(tenant, id: Fixtures.id(), venue, at: Fixtures.time)
      let closed = Blackout.Fields(date: Fixtures.date.advanced(byDays: 1))
      _ = try await blackouts.insert(tenant, id: Fixtures.id(), closed, at: Fixtures.time)
      try await bookings.book(tenant, Fixtures.booking())
    }
    return pair
  }

  /// A new tenant with so many published packages of one segment, with two add-ons each.
  func fillCatalog(packages count: Int) async throws -> TenantID {
    let tenant = try await TenantPair.insert(into: directory).tenant
    let segments = PostgresSegmentRepository(database: tenants)
    let addOns = PostgresAddOnRepository(database: tenants)
    let packages = PostgresPackageRepository(database: tenants)
    _ = try await segments.insert(tenant, id: Fixtures.id(), Fixtures.segment("coast"), at: Fixtures.time)
    for slug in ["cake", "bouquet"] {
      _ = try await addOns.insert(tenant, id: Fixtures.id(), Fixtures.addOn(slug), at: Fixtures.time)
    }
    for number in 0..<count {
      let fields = Fixtures.package("p-\(number)", segment: "coast", addOns: ["cake", "bouquet"])
      _ = try await packages.insert(tenant, id: Fixtures.id(number), fields, at: Fixtures.time)
    }
    return tenant
  }
}
