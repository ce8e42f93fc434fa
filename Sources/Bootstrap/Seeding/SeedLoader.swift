import AvailabilityDomain
import CatalogDomain
import HTTPAdapter
import Kernel
import TenancyDomain

/// Loads seeds through the same services that staff write with.
struct SeedLoader: Sendable {
  private let tenants: any TenantRepositoryPort
  private let services: HTTPAPI.Services
  private let clock: any WallClock
  private let newID: IDGenerator

  /// A loader over a set of services.
  init(
    tenants: any TenantRepositoryPort, services: HTTPAPI.Services, clock: any WallClock, newID: IDGenerator
  ) {
    self.tenants = tenants
    self.services = services
    self.clock = clock
    self.newID = newID
  }

  /// Loads one tenant with all it has. Throws what the services refuse, and ``SeedError`` for a malformed seed.
  func load(_ seed: Seed) async throws {
    let tenant = Tenant(
      id: TenantID(newID.uniqueID()), slug: seed.tenant.slug, name: seed.tenant.name, timeZone: seed.tenant.timeZone,
      currency: seed.tenant.currency, dailyCapacity: seed.tenant.dailyCapacity, createdAt: clock.now())
    try await tenants.insert(tenant, keys: try seed.keys.map { try stored($0, tenant) })
    for segment in seed.segments {
      _ = try await services.segments.create(
        tenant.id,
        .init(
          slug: segment.slug, name: segment.name, description: segment.description, sortOrder: segment.sortOrder))
    }
    for addOn in seed.addOns {
      _ = try await services.addOns.create(
        tenant.id,
        .init(
          slug: addOn.slug, title: addOn.title, description: addOn.description, priceCents: addOn.priceCents,
          segmentSlug: addOn.segmentSlug))
    }
    for venue in seed.venues {
      _ = try await services.venues.create(
        tenant.id,
        .init(name: venue.name, city: venue.city, address: venue.address, capacity: venue.capacity))
    }
    for package in seed.packages { _ = try await services.packages.create(tenant.id, try fields(package, tenant)) }
    for blackout in seed.blackouts {
      _ = try await services.blackouts.create(
        tenant.id, .init(date: try next(blackout.monthDay, tenant.profile), reason: blackout.reason))
    }
  }

  private func stored(_ text: String, _ tenant: Tenant) throws -> StoredKey {
    guard let key = APIKey(text), key.slug == tenant.slug.description else {
      throw SeedError(description: "a key of \(tenant.slug) has not the form of one")
    }
    return StoredKey(digest: key.digest, kind: key.kind, tenant: tenant.id)
  }

  private func fields(_ seed: Seed.PackageSeed, _ tenant: Tenant) throws -> Package.Fields {
    guard let status = Package.Status(rawValue: seed.status) else {
      throw SeedError(description: "package \(seed.slug) has the unknown status \(seed.status)")
    }
    return Package.Fields(
      slug: seed.slug, title: seed.title, description: seed.description, priceCents: seed.priceCents,
      currency: tenant.currency, segmentSlug: seed.segmentSlug, grouping: seed.grouping,
      groupingOrder: seed.groupingOrder, status: status, photos: seed.photos.map { .init(url: $0.url, alt: $0.alt) },
      addOnSlugs: seed.addOnSlugs)
  }

  /// The next day with that month and day, today included.
  private func next(_ monthDay: String, _ tenant: TenantProfile) throws -> CalendarDate {
    let today = tenant.today(clock)
    let years = today.parts.year...(today.parts.year + 8)  // 29 February comes at least once in eight years
    let dates = years.compactMap { CalendarDate("\($0)-\(monthDay)") }
    guard let date = dates.first(where: { $0 >= today }) else {
      throw SeedError(description: "\(monthDay) is no month and day as MM-DD")
    }
    return date
  }
}
