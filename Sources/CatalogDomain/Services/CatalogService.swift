package import Caching
package import Kernel

/// A tenant's catalog as storefronts read it: every answer comes from the cache or goes into it, encoded once.
package struct CatalogService: Sendable {
  private let repository: any CatalogReadPort
  private let cache: any CacheServicePort
  private let policy: CachePolicy

  /// A service over a repository.
  package init(repository: any CatalogReadPort, cache: any CacheServicePort, policy: CachePolicy) {
    self.repository = repository
    self.cache = cache
    self.policy = policy
  }

  /// The answer of a key of ``CatalogRead/key(_:)`` if this instance has it in memory: never suspends. Nil also for what
  /// is remembered as absent.
  package func peek(_ key: CacheKey) -> CacheEntry? {
    guard let entry = cache.peek(key), !entry.isAbsent else { return nil }
    return entry
  }

  /// A way to look for the answer of a question's key in a store that instances share, without a task; nil where
  /// ``answer(_:_:at:)`` must be asked.
  package func glance(_ read: CatalogRead, at key: CacheKey) -> CacheGlance? {
    read.isKept ? cache.glance(at: key, policy: policy) : nil
  }

  /// The answer in its wire form. Throws `notFound` for a package or segment that is not there.
  package func answer(_ tenant: TenantID, _ read: CatalogRead) async throws -> CacheEntry {
    try await answer(tenant, read, at: read.key(tenant))
  }

  /// The same where the key of the question is at hand.
  package func answer(_ tenant: TenantID, _ read: CatalogRead, at key: CacheKey) async throws -> CacheEntry {
    let isKept = read.isKept
    switch read {
    case .packages(let query):
      return try await cached(key, "list", isKept: isKept) {
        try await packages(tenant, query, isFiltered: query.isFiltered)
      }
    case .segmentPackages(let slug, let query):
      guard Slug.isWellFormed(slug) else { throw DomainError.notFound("segment") }
      return try await cached(key, "segment", isKept: isKept) { () -> Loaded<Page<Package.View>>? in
        guard try await repository.segment(tenant, slug: slug) != nil else { return nil }
        var query = query
        query.segment = slug
        return try await packages(tenant, query, isFiltered: query.grouping != nil)
      }
    case .package(let slug):
      guard Slug.isWellFormed(slug) else { throw DomainError.notFound("package") }
      return try await cached(key, "package") {
        let package = try await repository.package(tenant, slug: slug)
        return package.map { Loaded($0.view(for: .storefront)) }
      }
    case .segment(let slug):
      guard Slug.isWellFormed(slug) else { throw DomainError.notFound("segment") }
      return try await cached(key, "segment") {
        let segment = try await repository.segment(tenant, slug: slug)
        return segment.map { Loaded($0.view(for: .storefront)) }
      }
    case .segments(let request):
      return try await cached(key, "list", isKept: isKept) {
        let segments = try await repository.segments(tenant, request)
        return Self.page(segments, request, CatalogRead.segmentList, \.place)
      }
    case .addOns(let segment, let request):
      return try await cached(key, "list", isKept: isKept) {
        let addOns = try await repository.addOns(tenant, segment: segment, request)
        return Self.page(addOns, request, CatalogRead.addOnList, \.place, isFiltered: segment != nil)
      }
    case .venues(let city, let request):
      return try await cached(key, "list", isKept: isKept) {
        let venues = try await repository.venues(tenant, city: city, request)
        return Self.page(venues, request, CatalogRead.venueList, \.place, isFiltered: city != nil)
      }
    }
  }

  /// The answers of several packages by their slugs, in their wire form: those that are not cached are loaded in one call and
  /// cached. What is not there is left out, and remembered as absent.
  package func answers(_ tenant: TenantID, packages slugs: [String]) async throws -> [String: CacheEntry] {
    let slugs = Set(slugs).filter(Slug.isWellFormed)
    let slugByKey = Dictionary(uniqueKeysWithValues: slugs.map { (CatalogRead.package(slug: $0).key(tenant), $0) })
    let answers = try await cache.getOrSetMany(Array(slugByKey.keys), as: Package.View.self, policy: policy) { keys in
      let packages = try await repository.packages(tenant, slugs: keys.compactMap { slugByKey[$0] })
      return Dictionary(
        uniqueKeysWithValues: packages.map { package in
          let key = CatalogRead.package(slug: package.fields.slug.description).key(tenant)
          return (key, Loaded(package.view(for: .storefront)))
        })
    }
    return Dictionary(
      uniqueKeysWithValues: answers.compactMap { key, answer in slugByKey[key].map { ($0, answer.entry) } })
  }

  private func packages(
    _ tenant: TenantID, _ query: PackageQuery, isFiltered: Bool
  ) async throws -> Loaded<Page<Package.View>> {
    let packages = try await repository.packages(tenant, query)
    let list = CatalogRead.packageList(query.sort)
    return Self.page(packages, query.page, list, query.sort.place, isFiltered: isFiltered)
  }

  /// An empty answer to a filter is not kept: there is no end to what clients may ask for.
  private static func page<Entity: CatalogEntity>(
    _ entities: [Entity], _ request: PageRequest, _ list: String, _ place: (Entity) -> SortPlace,
    isFiltered: Bool = false
  ) -> Loaded<Page<Entity.View>> {
    let page = Page(entities, limit: request.limit, list: list, place: place, view: { $0.view(for: .storefront) })
    return Loaded(page, isKept: !(isFiltered && entities.isEmpty))
  }

  private func cached<Value: Codable & Sendable>(
    _ key: CacheKey, _ name: String, isKept: Bool = true,
    load: @escaping @Sendable () async throws -> Loaded<Value>?
  ) async throws -> CacheEntry {
    var policy = policy
    if !isKept { (policy.skipsRead, policy.skipsWrite) = (true, true) }
    let cached = try await cache.getOrSet(key, as: Value.self, policy: policy, load: load)
    guard let cached else { throw DomainError.notFound(name) }
    return cached.entry
  }
}
