import CatalogDomain
import Kernel

/// The columns of Shopify's product export that have a meaning here, by their places; under their names of before 2025 and
/// of today.
///
/// A product is its first record and those after it with the same handle, which add pictures and variants.
struct ShopifyColumns {
  private let handle: Int
  private let title: Int?
  private let body: Int?
  private let type: Int?
  private let price: Int?
  private let published: Int?
  private let status: Int?
  private let image: Int?
  private let imagePosition: Int?
  private let imageText: Int?

  /// Nil for a header, in lower case, that is not Shopify's.
  init?(_ names: [String]) {
    func place(_ known: String...) -> Int? { names.firstIndex(where: known.contains) }
    guard let handle = place("handle", "url handle") else { return nil }
    self.handle = handle
    title = place("title")
    body = place("body (html)", "body html", "description")
    type = place("type")
    price = place("variant price", "price")
    published = place("published", "published on online store")
    status = place("status")
    image = place("image src", "product image url")
    imagePosition = place("image position")
    imageText = place("image alt text")
  }

  /// What names the product of a record.
  func handle(_ record: [String]) -> String { record[handle].trimmed }

  /// The members of the package that the records of one product make. Throws `validationFailed`.
  func members(_ records: [CSVParser.Record], _ currency: CurrencyCode) throws(DomainError) -> [String: JSONValue] {
    let first = records[0].fields
    var members: [String: JSONValue] = ["slug": .string(handle(first))]
    if let title { members["title"] = .string(CSVText.unguarded(first[title])) }
    if let body { members["description"] = .string(CSVText.unguarded(first[body])) }
    if let type { members["grouping"] = first[type].trimmed.isEmpty ? .null : .string(first[type].trimmed) }
    if let price { members["priceCents"] = .integer(try minorUnits(records, price, currency)) }
    if let status = try statusText(first) { members["status"] = .string(status) }
    if image != nil { members["photos"] = .array(photos(records)) }
    return members
  }

  /// A package has one price: that of every variant.
  private func minorUnits(_ records: [CSVParser.Record], _ place: Int, _ currency: CurrencyCode) throws(DomainError)
    -> Int
  {
    var found: Int?
    for record in records {
      let text = record.fields[place].trimmed
      if text.isEmpty { continue }
      guard let price = DecimalPrice.minorUnits(text, currency) else {
        throw .invalid("Variant Price", "must be a decimal number of \(currency) with \(currency.minorDigits) places")
      }
      guard found == nil || found == price else {
        throw .invalid("Variant Price", "is another at line \(record.line): a package has one price")
      }
      found = price
    }
    guard let found else { throw .invalid("Variant Price", "is required") }
    return found
  }

  /// Status decides, where it is there; a product that is not published is a draft.
  private func statusText(_ first: [String]) throws(DomainError) -> String? {
    let isPublished: Bool? =
      switch published.map({ first[$0].trimmed.lowercased() }) {
      case nil: nil
      case "false", "no", "0": false
      case "true", "yes", "1", "": true
      default: throw DomainError.invalid("Published", "must be TRUE or FALSE")
      }
    switch status.map({ first[$0].trimmed.lowercased() }) {
    case nil: return isPublished.map { $0 ? "published" : "draft" }
    case "active", "": return isPublished == false ? "draft" : "published"
    case "draft": return "draft"
    case "archived": return "archived"
    default: throw DomainError.invalid("Status", "must be active, draft or archived")
    }
  }

  /// In the order of their positions, where those are given.
  private func photos(_ records: [CSVParser.Record]) -> [JSONValue] {
    var photos: [(position: Int, photo: JSONValue)] = []
    for record in records {
      guard let url = image.map({ record.fields[$0].trimmed }), !url.isEmpty else { continue }
      let text = imageText.map { CSVText.unguarded(record.fields[$0]) } ?? ""
      let position = imagePosition.flatMap { Int(record.fields[$0].trimmed) } ?? photos.count + 1
      photos.append((position, .object(["url": .string(url), "alt": .string(text)])))
    }
    return photos.enumerated().sorted { ($0.element.position, $0.offset) < ($1.element.position, $1.offset) }
      .map(\.element.photo)
  }
}
