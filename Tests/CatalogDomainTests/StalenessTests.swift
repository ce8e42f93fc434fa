import Caching
import InMemoryAdapter
import Kernel
import PortContracts
import Testing

@testable import CatalogDomain

@Suite("What a staff write makes stale")
struct StalenessTests {
  private let clock = ManualClock()
  private let tenant = TenantID(UniqueID(high: 7, low: 7))
  private let catalog: CatalogService
  /// The same without a cache.
  private let truth: CatalogService
  private let cache: CacheService
  private let packages: CatalogEditor<Package>
  private let segments: CatalogEditor<Segment>
  private let addOns: CatalogEditor<AddOn>
  private let venues: CatalogEditor<Venue>
  private let exchange: PackageExchange

  private static let packageSlugs = (0..<6).map { "package-\($0)" }
  private static let segmentSlugs = ["coast", "hills"]
  private static let addOnSlugs = ["cake", "piper"]

  /// All that a storefront may ask here.
  private static let reads: [CatalogRead] =
    [
      .packages(PackageQuery()), .packages(PackageQuery(sort: .title)), .packages(PackageQuery(segment: "coast")),
      .packages(PackageQuery(grouping: "evening")), .segments(PageRequest()), .addOns(segment: nil, PageRequest()),
      .addOns(segment: "hills", PageRequest()), .venues(city: nil, PageRequest()),
    ] + packageSlugs.map { .package(slug: $0) } + segmentSlugs.map { .segment(slug: $0) }
    + segmentSlugs.map { .segmentPackages(slug: $0, PackageQuery()) }

  init() {
    let (database, newID) = (InMemoryDatabase(), IDGenerator(clock: clock, random: SystemRandomSource()))
    cache = CacheService(store: InMemoryCacheStore(ticker: clock), environment: CacheEnvironment(ticker: clock))
    let reader = InMemoryCatalogReader(database: database)
    var policy = CachePolicy(timeToLive: .seconds(900), jitter: 0)
    catalog = CatalogService(repository: reader, cache: cache, policy: policy)
    (policy.skipsRead, policy.skipsWrite) = (true, true)
    truth = CatalogService(repository: reader, cache: CacheService(), policy: policy)
    let repository = InMemoryPackageRepository(database: database)
    packages = CatalogEditor(repository: repository, cache: cache, clock: clock, newID: newID)
    segments = CatalogEditor(
      repository: InMemorySegmentRepository(database: database), cache: cache, clock: clock, newID: newID)
    addOns = CatalogEditor(
      repository: InMemoryAddOnRepository(database: database), cache: cache, clock: clock, newID: newID)
    venues = CatalogEditor(
      repository: InMemoryVenueRepository(database: database), cache: cache, clock: clock, newID: newID)
    exchange = PackageExchange(
      bulk: InMemoryPackageBulk(database: database), packages: repository, cache: cache, clock: clock, newID: newID)
  }

  @Test("After each of many writes of any kind every answer is what it is without a cache", arguments: 0..<3)
  func everyAnswer(seed: Int) async throws {
    var chance = SplitMix64(seed: UInt64(seed))
    var (writes, refusals) = (0, 0)
    while writes < 250 {
      do {
        try await write(&chance)
        writes += 1
      } catch is DomainError {
        refusals += 1
      }
      for read in Self.reads {
        let (found, expected) = (try await text(catalog, read), try await text(truth, read))
        try #require(found == expected, "\(read) after \(writes) writes and \(refusals) refusals")
      }
    }
    #expect(refusals > 0)
  }

  @Test("A package's write leaves in memory what does not show it")
  func otherAnswers() async throws {
    let others = Self.packageSlugs.filter { CatalogTag.package($0) != CatalogTag.package("package-0") }
    try #require(others.count == 5)
    for slug in Self.segmentSlugs { _ = try await segments.create(tenant, Fixtures.segment(slug)) }
    for slug in Self.packageSlugs { _ = try await packages.create(tenant, Fixtures.package(slug)) }
    for read in Self.reads { _ = try await text(catalog, read) }
    _ = try await packages.update(tenant, .slug("package-0"), if: { _ in true }) { fields in
      var fields = fields
      fields.priceCents += 1
      return fields
    }
    func isKept(_ read: CatalogRead) -> Bool { catalog.peek(read.key(tenant)) != nil }
    for read in others.map({ CatalogRead.package(slug: $0) }) + [.segments(PageRequest()), .segment(slug: "coast")] {
      #expect(isKept(read), "\(read)")
    }
    for read in [CatalogRead.package(slug: "package-0"), .packages(PackageQuery())] {
      #expect(!isKept(read), "\(read)")
    }
  }

  @Test("Slugs are spread over all parts, and every instance finds the same")
  func parts() {
    #expect(CatalogTag.package("first-light-vows") == "package-28")
    #expect(CatalogTag.package("") == "package-1")
    let counts = Dictionary(grouping: (0..<6400).map { CatalogTag.package("package-\($0)") }, by: \.self).values.map(
      \.count)
    #expect(counts.count == 64)
    #expect(counts.allSatisfy { (50...150).contains($0) }, "\(counts)")
  }

  /// The body of an answer, or how it is refused.
  private func text(_ service: CatalogService, _ read: CatalogRead) async throws -> String {
    do {
      return String(buffer: try await service.answer(tenant, read).body)
    } catch let error as DomainError {
      return "\(error.code)"
    }
  }

  private func write(_ chance: inout SplitMix64) async throws {
    let (kind, number) = (chance.below(12), chance.below(1000))
    let slug = Self.packageSlugs[chance.below(6)]
    let fields = Self.package(&chance)
    let segment = Fixtures.segment(
      Self.segmentSlugs[chance.below(2)], name: "Segment \(number)", sortOrder: chance.below(3),
      active: chance.chance(0.8))
    let addOn = Fixtures.addOn(
      Self.addOnSlugs[chance.below(2)], title: "Add-on \(number)",
      segment: chance.chance(0.3) ? Self.segmentSlugs[chance.below(2)] : nil, active: chance.chance(0.8))
    switch kind {
    case 0: _ = try await packages.create(tenant, fields)
    case 1...3: _ = try await packages.update(tenant, .slug(slug), if: { _ in true }) { _ in fields }
    case 4: try await packages.delete(tenant, .slug(slug), if: { _ in true })
    case 5: _ = try await segments.create(tenant, segment)
    case 6:
      let old = Self.segmentSlugs[chance.below(2)]
      _ = try await segments.update(tenant, .slug(old), if: { _ in true }) { _ in segment }
    case 7: try await segments.delete(tenant, .slug(segment.slug.description), if: { _ in true })
    case 8: _ = try await addOns.create(tenant, addOn)
    case 9:
      let old = Self.addOnSlugs[chance.below(2)]
      _ = try await addOns.update(tenant, .slug(old), if: { _ in true }) { _ in addOn }
    case 10: _ = try await venues.create(tenant, Venue.Fields(name: "Pier \(number)", city: "Lunenburg"))
    default:
      let rows = [fields, Self.package(&chance)].enumerated().map { line, fields in
        PackageRow.draft(PackageDraft(line: line + 2, slug: fields.slug) { _ in fields })
      }
      _ = try await exchange.importRows(tenant, RowsInMemory(rows: rows), keepsGoing: true)
    }
  }

  private static func package(_ chance: inout SplitMix64) -> Package.Fields {
    Fixtures.package(
      packageSlugs[chance.below(6)], title: "Package \(chance.below(1000))",
      segment: chance.chance(0.5) ? segmentSlugs[chance.below(2)] : nil,
      grouping: chance.chance(0.5) ? "evening" : nil, status: chance.chance(0.8) ? .published : .draft,
      addOns: addOnSlugs.filter { _ in chance.chance(0.3) })
  }
}
