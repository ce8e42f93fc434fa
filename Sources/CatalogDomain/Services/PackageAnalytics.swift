package import Kernel

/// Tells a tenant how its packages do.
package struct PackageAnalytics: Sendable {
  private let packages: any CatalogRepositoryPort<Package>
  private let views: any PackageViewsPort
  private let bookings: any PackageBookingsPort
  private let clock: any WallClock

  /// The longest range that can be asked for, in days.
  package static let maximumDays = 366
  /// How many days are told of when nobody says which.
  private static let usualDays = 30

  package init(
    packages: any CatalogRepositoryPort<Package>, views: any PackageViewsPort, bookings: any PackageBookingsPort,
    clock: any WallClock
  ) {
    self.packages = packages
    self.views = views
    self.bookings = bookings
    self.clock = clock
  }

  /// The report over some days; without an end up to today, without a beginning the thirty days before the end. Throws
  /// `malformedRequest` for days in the wrong order and for more than ``maximumDays``.
  package func report(_ tenant: TenantID, from: CalendarDate?, to: CalendarDate?) async throws -> PackageReport {
    let end = to ?? CalendarDate(dayNumber: Int(clock.now().milliseconds / 86_400_000))
    let start = from ?? end.advanced(byDays: 1 - Self.usualDays)
    guard start <= end else { throw DomainError.malformed(to == nil ? "from" : "to", "must not be before from") }
    guard end.dayNumber - start.dayNumber < Self.maximumDays else {
      throw DomainError.malformed("to", "must be within \(Self.maximumDays) days from from")
    }
    let days = start...end
    let titles = try await titles(tenant)
    let booked = try await bookings.bookings(tenant, days: days)
    let slugs = Set(titles.keys).union(booked.keys).sorted()
    let viewed = await views.views(tenant, slugs: slugs, days: days)
    let lines = slugs.map { slug in
      Self.line(slug, titles[slug], views: viewed.map { $0[slug] ?? [:] }, bookings: booked[slug] ?? [:])
    }
    return PackageReport(
      from: start, to: end,
      totals: PackageReport.Totals(
        views: viewed == nil ? nil : lines.reduce(0) { $0 + ($1.views ?? 0) },
        bookings: lines.reduce(0) { $0 + $1.bookings }),
      data: lines.sorted { (-($0.views ?? 0), -$0.bookings, $0.slug) < (-($1.views ?? 0), -$1.bookings, $1.slug) })
  }

  private static func line(
    _ slug: String, _ title: String?, views: [CalendarDate: Int]?, bookings: [CalendarDate: Int]
  ) -> PackageReport.Line {
    let dates = Set(bookings.keys).union(views?.keys.map { $0 } ?? []).sorted()
    return PackageReport.Line(
      slug: slug, title: title, views: views.map { $0.values.reduce(0, +) }, bookings: bookings.values.reduce(0, +),
      days: dates.map { date in
        PackageReport.Day(date: date, views: views.map { $0[date] ?? 0 }, bookings: bookings[date] ?? 0)
      })
  }

  /// The packages there are, whatever their status.
  private func titles(_ tenant: TenantID) async throws -> [String: String] {
    var titles: [String: String] = [:]
    var page = PageRequest(after: nil, limit: PageRequest.limits.upperBound)
    while true {
      let found = try await packages.list(tenant, page)
      for package in found.prefix(page.limit) { titles[package.fields.slug.description] = package.fields.title }
      guard found.count > page.limit else { return titles }
      page = PageRequest(after: found[page.limit - 1].creationPlace, limit: page.limit)
    }
  }
}
