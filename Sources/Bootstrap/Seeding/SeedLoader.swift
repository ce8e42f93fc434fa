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

  /// What became of a seed.
  enum Outcome: Sendable, Equatable {
    /// The tenant was not there.
    case loaded
    /// It was there, without so many of its records, which are added.
    case completed(Int)
    /// It was there with all it has.
    case present
    /// A tenant with none of its keys has its slug, and is left alone.
    case taken
  }

  /// Loads one tenant with all it has; of a tenant that an earlier run has begun with, what is missing. What is there is
  /// left as it is. Throws what the services refuse, and ``SeedError`` for a malformed seed.
  @discardableResult
  func load(_ seed: Seed) async throws -> Outcome {
    guard let holder = try await holder(of: seed) else { return .taken }
    let added = try await add(seed, to: holder)
    return holder.isNew ? .loaded : added > 0 ? .completed(added) : .present
  }

  /// The tenant that a seed is loaded into.
  private struct Holder {
    let tenant: Tenant
    /// Whether it was not there before, and so has nothing yet.
    let isNew: Bool
  }

  /// Adds the tenant with its keys. Where its slug is taken, the tenant that has a key of the seed: an earlier run has added
  /// that one. nil when there is none.
  private func holder(of seed: Seed) async throws -> Holder? {
    let tenant = Tenant(
      id: TenantID(newID.uniqueID()), slug: seed.tenant.slug, name: seed.tenant.name, timeZone: seed.tenant.timeZone,
      currency: seed.tenant.currency, dailyCapacity: seed.tenant.dailyCapacity, createdAt: clock.now())
    let keys = try seed.keys.map { try stored($0, tenant) }
    do {
      try await tenants.insert(tenant, keys: keys)
      return Holder(tenant: tenant, isNew: true)
    } catch let refusal as DomainError where refusal.code == .slugTaken {
      for key in keys {
        guard let holder = try await tenants.holder(of: key.digest) else { continue }
        return Holder(tenant: holder.tenant, isNew: false)
      }
      // Without keys the slug is all that a seed is known by.
      guard keys.isEmpty else { return nil }
      return try await tenants.find(slug: tenant.slug).map { Holder(tenant: $0, isNew: false) }
    }
  }

  /// Adds what is not there; returns how many records that were.
  private func add(_ seed: Seed, to holder: Holder) async throws -> Int {
    let tenant = holder.tenant
    var added = 0
    let segments = try await names(holder, CatalogEditor<Segment>.list, services.segments.list) { $0.slug.description }
    for segment in seed.segments where !segments.contains(segment.slug.description) {
      added += try await add {
        _ = try await services.segments.create(
          tenant.id,
          .init(
            slug: segment.slug, name: segment.name, description: segment.description, sortOrder: segment.sortOrder))
      }
    }
    let addOns = try await names(holder, CatalogEditor<AddOn>.list, services.addOns.list) { $0.slug.description }
    for addOn in seed.addOns where !addOns.contains(addOn.slug.description) {
      added += try await add {
        _ = try await services.addOns.create(
          tenant.id,
          .init(
            slug: addOn.slug, title: addOn.title, description: addOn.description, priceCents: addOn.priceCents,
            segmentSlug: addOn.segmentSlug))
      }
    }
    let venues = try await names(holder, CatalogEditor<Venue>.list, services.venues.list) { "\($0.city)\n\($0.name)" }
    for venue in seed.venues where !venues.contains("\(venue.city)\n\(venue.name)") {
      added += try await add {
        _ = try await services.venues.create(
          tenant.id,
          .init(name: venue.name, city: venue.city, address: venue.address, capacity: venue.capacity))
      }
    }
    let packages = try await names(holder, CatalogEditor<Package>.list, services.packages.list) { $0.slug.description }
    for package in seed.packages where !packages.contains(package.slug.description) {
      added += try await add { _ = try await services.packages.create(tenant.id, try fields(package, tenant)) }
    }
    // Of any year: those that a run long ago has added are there.
    let blackouts = try await names(holder, BlackoutEditor.list, services.blackouts.list) {
      String($0.date.description.suffix(5))
    }
    for blackout in seed.blackouts where !blackouts.contains(blackout.monthDay) {
      added += try await add {
        _ = try await services.blackouts.create(
          tenant.id, .init(date: try next(blackout.monthDay, tenant.profile), reason: blackout.reason))
      }
    }
    return added
  }

  /// What the records of a list are known by; nothing of a new tenant.
  private func names<View>(
    _ holder: Holder, _ list: String, _ page: (TenantID, PageRequest) async throws -> Page<View>,
    name: (View) -> String
  ) async throws -> Set<String> {
    var names: Set<String> = []
    var request = holder.isNew ? nil : PageRequest(limit: PageRequest.limits.upperBound)
    while let next = request {
      let found = try await page(holder.tenant.id, next)
      names.formUnion(found.data.map(name))
      let end = found.nextCursor.flatMap { Cursor($0, list: list) }
      request = end.map { PageRequest(after: $0.place, limit: next.limit) }
    }
    return names
  }

  /// Adds a record; returns 0 when another run at the same time did, or somebody has booked the day.
  private func add(_ create: () async throws -> Void) async throws -> Int {
    do { try await create() } catch let refusal as DomainError where Self.leaves.contains(refusal.code) { return 0 }
    return 1
  }

  /// Refusals that leave what is there as it is.
  private static let leaves: Set<DomainError.Code> = [.slugTaken, .dateTaken]

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
