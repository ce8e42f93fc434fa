import CatalogDomain
import Kernel

/// Loads into the cache what storefronts will ask for after a staff write: the answers that show what was written.
struct WriteThrough: Sendable {
  /// What was written; the slug is nil when it is gone.
  enum Subject: Sendable {
    case package(slug: String?)
    /// Several at once.
    case packages(slugs: [String])
    case segment(slug: String?)
    case addOn
    case venue
  }

  private let catalog: CatalogService

  init(catalog: CatalogService) { self.catalog = catalog }

  /// Loads the answers. One that cannot be loaded is loaded by the first who asks: the write has happened and does not fail.
  func load(_ tenant: TenantID, _ subject: Subject) async {
    // What fails here is asked for again by whoever reads it, and then told.
    for read in reads(subject) { _ = try? await catalog.answer(tenant, read) }
    if case .packages(let slugs) = subject { _ = try? await catalog.answers(tenant, packages: slugs) }
  }

  private func reads(_ subject: Subject) -> [CatalogRead] {
    let packages = CatalogRead.packages(PackageQuery())
    switch subject {
    case .package(let slug): return [packages] + (slug.map { [.package(slug: $0)] } ?? [])
    case .packages: return [packages]
    case .segment(let slug):
      return [packages, .segments(PageRequest())] + (slug.map { [.segment(slug: $0)] } ?? [])
    case .addOn: return [packages, .addOns(segment: nil, PageRequest())]
    case .venue: return [.venues(city: nil, PageRequest())]
    }
  }
}
