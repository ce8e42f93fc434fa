import Caching
import InMemoryAdapter
import Kernel
import PortContracts
import Synchronization
import Testing

@testable import CatalogDomain

/// A catalog that counts how often it is asked, over another one.
private final class CountingCatalog: CatalogReadPort {
  private let inner: InMemoryCatalogReader
  private let calls = Atomic<Int>(0)

  init(_ inner: InMemoryCatalogReader) { self.inner = inner }

  var count: Int { calls.load(ordering: .sequentiallyConsistent) }

  private func counted<Result>(_ result: Result) -> Result {
    calls.add(1, ordering: .sequentiallyConsistent)
    return result
  }

  func packages(_ tenant: TenantID, _ query: PackageQuery) async throws -> [Package] {
    counted(try await inner.packages(tenant, query))
  }

  func package(_ tenant: TenantID, slug: String) async throws -> Package? {
    counted(try await inner.package(tenant, slug: slug))
  }

  func packages(_ tenant: TenantID, slugs: [String]) async throws -> [Package] {
    counted(try await inner.packages(tenant, slugs: slugs))
  }

  func segments(_ tenant: TenantID, _ page: PageRequest) async throws -> [Segment] {
    counted(try await inner.segments(tenant, page))
  }

  func segment(_ tenant: TenantID, slug: String) async throws -> Segment? {
    counted(try await inner.segment(tenant, slug: slug))
  }

  func addOns(_ tenant: TenantID, segment: String?, _ page: PageRequest) async throws -> [AddOn] {
    counted(try await inner.addOns(tenant, segment: segment, page))
  }

  func venues(_ tenant: TenantID, city: String?, _ page: PageRequest) async throws -> [Venue] {
    counted(try await inner.venues(tenant, city: city, page))
  }
}

@Suite("Catalog service")
struct CatalogServiceTests {
  private let clock = ManualClock()
  private let tenant = TenantID(UniqueID(high: 7, low: 7))
  private let database = InMemoryDatabase()
  private let catalog: CountingCatalog
  private let service: CatalogService
  private let editor: CatalogEditor<Segment>

  init() {
    let cache = CacheService(store: InMemoryCacheStore(ticker: clock), environment: CacheEnvironment(ticker: clock))
    catalog = CountingCatalog(InMemoryCatalogReader(database: database))
    service = CatalogService(
      repository: catalog, cache: cache, policy: CachePolicy(timeToLive: .seconds(900), jitter: 0))
    editor = CatalogEditor(
      repository: InMemorySegmentRepository(database: database), cache: cache, clock: clock,
      newID: IDGenerator(clock: clock, random: SystemRandomSource()))
  }

  @Test("A read asks the repository once until its time is over")
  func once() async throws {
    for _ in 0..<5 { _ = try await service.answer(tenant, .packages(PackageQuery())) }
    #expect(catalog.count == 1)
    clock.advance(by: .seconds(901))
    _ = try await service.answer(tenant, .packages(PackageQuery()))
    #expect(catalog.count == 2)
  }

  @Test("Free text, later pages and filters that find nothing are asked for anew each time")
  func unbounded() async throws {
    let place = SortPlace([.text("x")])
    let reads: [CatalogRead] = [
      .packages(PackageQuery(text: "sea")), .packages(PackageQuery(page: PageRequest(after: place))),
      .packages(PackageQuery(segment: "nowhere")), .packages(PackageQuery(grouping: "none")),
      .addOns(segment: "nowhere", PageRequest()), .venues(city: "nowhere", PageRequest()),
      .segments(PageRequest(after: place)),
    ]
    for read in reads {
      let before = catalog.count
      for _ in 0..<3 { _ = try await service.answer(tenant, read) }
      #expect(catalog.count == before + 3, "\(read)")
      #expect(service.peek(read.key(tenant)) == nil)
    }
  }

  @Test("An unknown slug is remembered as absent for a short time")
  func absence() async throws {
    for _ in 0..<3 {
      await #expect(throws: DomainError.self) { _ = try await service.answer(tenant, .package(slug: "none")) }
    }
    #expect(catalog.count == 1)
    clock.advance(by: .seconds(11))
    await #expect(throws: DomainError.self) { _ = try await service.answer(tenant, .package(slug: "none")) }
    #expect(catalog.count == 2)
  }

  @Test("Several packages cost one call for those that are not cached, and are then cached one by one")
  func several() async throws {
    let packages = CatalogEditor(
      repository: InMemoryPackageRepository(database: database), cache: CacheService(), clock: clock,
      newID: IDGenerator(clock: clock, random: SystemRandomSource()))
    for slug in ["one", "two", "three"] { _ = try await packages.create(tenant, Fixtures.package(slug)) }
    _ = try await service.answer(tenant, .package(slug: "two"))
    let answers = try await service.answers(tenant, packages: ["one", "two", "three", "four", "no slug!", "one"])
    #expect(answers.keys.sorted() == ["one", "three", "two"])
    #expect(catalog.count == 2)
    for (slug, entry) in answers {
      #expect(try await service.answer(tenant, .package(slug: slug)).entityTag == entry.entityTag)
    }
    await #expect(throws: DomainError.self) { _ = try await service.answer(tenant, .package(slug: "four")) }
    #expect(catalog.count == 2, "what is absent is remembered too")
    #expect(try await service.answers(tenant, packages: []).isEmpty)
  }

  @Test("A write drops what shows it, and a slug that was absent is found")
  func write() async throws {
    await #expect(throws: DomainError.self) { _ = try await service.answer(tenant, .segment(slug: "sea")) }
    let slug = try #require(Slug("sea"))
    _ = try await editor.create(tenant, Segment.Fields(slug: slug, name: "Sea"))
    #expect(String(buffer: try await service.answer(tenant, .segment(slug: "sea")).body).contains("Sea"))
    let venues = CatalogRead.venues(city: nil, PageRequest())
    _ = try await service.answer(tenant, venues)
    _ = try await editor.update(tenant, .slug("sea"), if: { _ in true }) { fields in
      var fields = fields
      fields.name = "Ocean"
      return fields
    }
    #expect(String(buffer: try await service.answer(tenant, .segment(slug: "sea")).body).contains("Ocean"))
    #expect(service.peek(venues.key(tenant)) != nil, "venues do not show segments")
  }

  @Test("No two questions share a key, however their values are chosen")
  func keys() {
    let hostile = ["", "a", "a:b", "limit=5", "segment=a", "sort=title", "*", "{x}", "%3A", "a b"]
    var seen: [CacheKey: CatalogRead] = [:]
    for first in hostile {
      var reads: [CatalogRead] = [
        .package(slug: first), .segment(slug: first), .addOns(segment: first, PageRequest()),
        .venues(city: first, PageRequest()), .segmentPackages(slug: first, PackageQuery()),
      ]
      for second in hostile {
        reads += [
          .packages(PackageQuery(segment: first, grouping: second)), .packages(PackageQuery(text: first, sort: .title)),
          .packages(PackageQuery(segment: first, page: PageRequest(limit: 5))),
          .segmentPackages(slug: first, PackageQuery(grouping: second)),
        ]
      }
      for read in reads {
        let key = read.key(tenant)
        #expect(seen[key] == nil || seen[key] == read, "\(read) has the key of \(String(describing: seen[key]))")
        seen[key] = read
      }
    }
  }
}
