import Caching
import Kernel
import NIOCore

/// The columns of a package in CSV, named as the members of its JSON form.
enum PackageColumn: String, CaseIterable {
  case slug, title, description, priceCents, currency, segmentSlug, grouping, groupingOrder, status, photos, addOnSlugs

  /// What a cell says, as the JSON form would: an empty one clears what may be absent.
  func value(_ cell: String) -> JSONValue {
    switch self {
    case .slug: .string(cell)
    case .title: .string(CSVText.unguarded(cell))
    case .description, .grouping: cell.isEmpty ? .null : .string(CSVText.unguarded(cell))
    case .priceCents: Int(cell).map(JSONValue.integer) ?? .string(cell)
    case .groupingOrder: cell.isEmpty ? .null : Int(cell).map(JSONValue.integer) ?? .string(cell)
    case .currency, .segmentSlug, .status: cell.isEmpty ? .null : .string(cell)
    case .photos: Self.photoArray(cell)
    case .addOnSlugs: .array(cell.split { ";,| ".contains($0) }.map { .string(String($0)) })
    }
  }

  /// Photos are the JSON array of the JSON form; what is none is refused where arrays are.
  private static func photoArray(_ cell: String) -> JSONValue {
    if cell.isEmpty { return .null }
    let bytes = ByteBuffer(string: cell)
    // What is no JSON is handed on as a text, which is no array.
    guard JSONShape.check(bytes) == .fits, let value = try? CacheCodec.decode(JSONValue.self, from: bytes) else {
      return .string(cell)
    }
    return value
  }
}

/// What the header of a CSV file says of its columns.
enum PackageColumns {
  /// The project's own.
  case own([PackageColumn])
  case shopify(ShopifyColumns)

  /// Reads a header. Throws `malformedRequest`.
  init(_ header: [String]) throws(DomainError) {
    let names = header.map { $0.trimmed.lowercased() }
    if let columns = ShopifyColumns(names) {
      self = .shopify(columns)
      return
    }
    var columns: [PackageColumn] = []
    for name in names {
      guard let column = PackageColumn.allCases.first(where: { $0.rawValue.lowercased() == name }) else {
        let known = PackageColumn.allCases.map(\.rawValue).joined(separator: ", ")
        throw .malformed("header", "has the unknown column \"\(name.prefix(60))\"; the columns are \(known)")
      }
      guard !columns.contains(column) else { throw .malformed("header", "has the column \(column.rawValue) twice") }
      columns.append(column)
    }
    guard columns.contains(.slug) else { throw .malformed("header", "must have a column slug") }
    self = .own(columns)
  }
}

extension String {
  /// Without spaces and tabs at either end.
  var trimmed: String { String(self[...].trimmed) }
}
