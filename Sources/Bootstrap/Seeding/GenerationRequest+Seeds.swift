import Kernel

extension GenerationRequest {
  /// The data of the tenant with a number from 1, for the in-memory preset: as many records of each kind as
  /// `DataGenerator` makes, of the same names, with other figures. The same seed makes the same.
  func seed(_ number: Int) throws -> Seed {
    let random = CountingRandomSource(seed: UInt64(randomSeed) &* 0x9E37_79B9 &+ UInt64(number))
    func below(_ limit: UInt64) -> Int { Int(random.next() % limit) }
    guard let slug = Slug(names.slug(number)), let zone = TenantTimeZone(identifier: "UTC"),
      let currency = CurrencyCode("USD")
    else { throw SeedError(description: "\(names.slug(number)) is no slug") }
    return Seed(
      tenant: .init(
        slug: slug, name: "Generated tenant \(number)", timeZone: zone, currency: currency, dailyCapacity: 1),
      keys: names.keys(number),
      segments: try (1...5).map {
        .init(slug: try Self.slug("segment-\($0)"), name: "Segment \($0)", description: nil, sortOrder: $0)
      },
      addOns: try (1...20).map {
        .init(
          slug: try Self.slug("add-on-\($0)"), title: "Add-on \($0)", description: "Something to add",
          priceCents: 500 + below(95) * 100, segmentSlug: try Self.slug("segment-\(1 + $0 % 5)"))
      },
      venues: (1...40).map { .init(name: "Venue \($0)", city: "City \($0 % 10)", address: nil, capacity: nil) },
      blackouts: [],
      packages: try (0..<packages).map { index in
        let p = index + 1
        return .init(
          slug: try Self.slug("package-\(p)"), title: "Package \(below(100_000))",
          description: String(repeating: "What it is. ", count: 10 + below(30)), priceCents: 10_000 + below(900) * 100,
          segmentSlug: try Self.slug("segment-\(1 + p % 5)"), grouping: "grouping-\(below(4))", groupingOrder: p % 10,
          status: p % 10 == 0 ? "draft" : "published",
          photos: [.init(url: "https://images.example/\(p).jpg", alt: "A picture")],
          addOnSlugs: try (1...3).map { try Self.slug("add-on-\(1 + (p + $0) % 20)") })
      })
  }

  /// Throws ``SettingError`` unless a server with these settings can make the tenants as it starts.
  package func check(_ settings: Settings) throws {
    guard settings.preset == .mock else {
      throw SettingError(
        "--generate", got: "the real preset",
        takes: "the in-memory preset; run `tenantry seed --generate` for a database")
    }
    guard bookings == 0 else {
      throw SettingError(
        "--generate", got: "bookings=\(bookings)", takes: "tenants=N,packages=M where all is in memory")
    }
  }

  private static func slug(_ text: String) throws -> Slug {
    guard let slug = Slug(text) else { throw SeedError(description: "\(text) is no slug") }
    return slug
  }
}
