package import CatalogDomain
import Kernel

/// What the ports of one catalog keep together: what records that name others show, and what storefronts read of it.
package struct CatalogContract: Sendable {
  let reader: any CatalogReadPort
  let segments: any CatalogRepositoryPort<Segment>
  let addOns: any CatalogRepositoryPort<AddOn>
  let packages: any CatalogRepositoryPort<Package>
  let venues: any CatalogRepositoryPort<Venue>
  let tenant: TenantID
  let other: TenantID

  /// A subject of the rules: ports on one database.
  package init(
    reader: any CatalogReadPort, segments: any CatalogRepositoryPort<Segment>,
    addOns: any CatalogRepositoryPort<AddOn>, packages: any CatalogRepositoryPort<Package>,
    venues: any CatalogRepositoryPort<Venue>, tenants: TenantPair
  ) {
    self.reader = reader
    self.segments = segments
    self.addOns = addOns
    self.packages = packages
    self.venues = venues
    tenant = tenants.tenant
    other = tenants.other
  }

  /// All rules.
  package static let rules = referenceRules + segmentRules + addOnRules + readRules + orderRules + filterRules
}

extension CatalogContract {
  @discardableResult
  func insert(_ fields: Segment.Fields, for owner: TenantID? = nil) async throws -> Segment {
    try await segments.insert(owner ?? tenant, id: Fixtures.id(), fields, at: Fixtures.time)
  }

  @discardableResult
  func insert(_ fields: AddOn.Fields, for owner: TenantID? = nil) async throws -> AddOn {
    try await addOns.insert(owner ?? tenant, id: Fixtures.id(), fields, at: Fixtures.time)
  }

  @discardableResult
  func insert(
    _ fields: Package.Fields, at time: Timestamp = Fixtures.time, for owner: TenantID? = nil
  ) async throws -> Package {
    try await packages.insert(owner ?? tenant, id: Fixtures.id(), fields, at: time)
  }

  @discardableResult
  func insert(_ fields: Venue.Fields, for owner: TenantID? = nil) async throws -> Venue {
    try await venues.insert(owner ?? tenant, id: Fixtures.id(), fields, at: Fixtures.time)
  }

  func update(_ segment: Segment, to fields: Segment.Fields) async throws {
    let changed = try await segments.update(tenant, segment, fields, at: Fixtures.time)
    _ = try requireValue(changed, "the change")
  }

  @discardableResult
  func update(_ addOn: AddOn, to fields: AddOn.Fields) async throws -> AddOn {
    let changed = try await addOns.update(tenant, addOn, fields, at: Fixtures.time)
    return try requireValue(changed, "the change")
  }

  @discardableResult
  func update(_ package: Package, to fields: Package.Fields) async throws -> Package {
    let changed = try await packages.update(tenant, package, fields, at: Fixtures.time)
    return try requireValue(changed, "the change")
  }

  /// The package with that identifier, as staff see it.
  func find(_ package: Package) async throws -> Package {
    try requireValue(try await packages.find(tenant, .id(package.id)), "the package")
  }

  /// The slugs of the published packages that match, in order.
  func slugs(_ query: PackageQuery = PackageQuery(), of owner: TenantID? = nil) async throws -> [String] {
    try await reader.packages(owner ?? tenant, query).map(\.fields.slug.description)
  }
}
