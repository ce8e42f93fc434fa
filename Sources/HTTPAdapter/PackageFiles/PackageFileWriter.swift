import Caching
package import CatalogDomain
import Kernel

/// Writes packages as a file holds them.
package struct PackageFileWriter: Sendable {
  private let format: PackageFileFormat

  /// A writer of a form.
  package init(_ format: PackageFileFormat) { self.format = format }

  /// What the file begins with.
  package var header: String {
    switch format {
    case .csv: CSVText.record(PackageColumn.allCases.map(\.rawValue))
    case .jsonLines: ""
    }
  }

  /// Packages, each with its line end.
  package func text(_ packages: [Package]) throws -> String {
    try packages.map { package in
      switch format {
      case .csv: CSVText.record(try PackageColumn.allCases.map { try $0.cell(package.fields) })
      case .jsonLines: String(buffer: try CacheCodec.encode(Line(package.fields))) + "\n"
      }
    }.joined()
  }

  /// The body of `POST /admin/packages` with every member written.
  private struct Line: Encodable {
    let slug: Slug
    let title: String
    let description: String
    let priceCents: Int
    let currency: CurrencyCode
    @ExplicitNull var segmentSlug: Slug?
    @ExplicitNull var grouping: String?
    let groupingOrder: Int
    let status: Package.Status
    let photos: [Package.Photo]
    let addOnSlugs: [Slug]

    init(_ fields: Package.Fields) {
      slug = fields.slug
      title = fields.title
      description = fields.description
      priceCents = fields.priceCents
      currency = fields.currency
      _segmentSlug = ExplicitNull(wrappedValue: fields.segmentSlug)
      _grouping = ExplicitNull(wrappedValue: fields.grouping)
      groupingOrder = fields.groupingOrder
      status = fields.status
      photos = fields.photos
      addOnSlugs = fields.addOnSlugs
    }
  }
}

extension PackageColumn {
  /// What ``value(_:)`` reads.
  fileprivate func cell(_ fields: Package.Fields) throws -> String {
    switch self {
    case .slug: fields.slug.description
    case .title: CSVText.guarded(fields.title)
    case .description: CSVText.guarded(fields.description)
    case .priceCents: String(fields.priceCents)
    case .currency: fields.currency.description
    case .segmentSlug: fields.segmentSlug?.description ?? ""
    case .grouping: CSVText.guarded(fields.grouping ?? "")
    case .groupingOrder: String(fields.groupingOrder)
    case .status: fields.status.rawValue
    case .photos: fields.photos.isEmpty ? "" : String(buffer: try CacheCodec.encode(fields.photos))
    case .addOnSlugs: fields.addOnSlugs.map(\.description).joined(separator: ";")
    }
  }
}
