import CatalogDomain
import Kernel

extension Segment.Fields: BodyFields {
  init(body: [String: JSONValue], tenant: TenantProfile) throws {
    var reader = FieldReader(body)
    let slug = reader.require("slug") { $0.slug("slug") }
    let name = reader.require("name") { $0.text("name", Lengths.name) }
    let description = reader.text("description", Lengths.text, isLong: true)
    let sortOrder = reader.integer("sortOrder", FieldReader.orders)
    let active = reader.bool("active")
    guard let slug, let name, reader.isValid else { throw reader.refusal }
    self.init(slug: slug, name: name, description: description, sortOrder: sortOrder ?? 0, active: active ?? true)
  }
}

extension AddOn.Fields: BodyFields {
  init(body: [String: JSONValue], tenant: TenantProfile) throws {
    var reader = FieldReader(body)
    let slug = reader.require("slug") { $0.slug("slug") }
    let title = reader.require("title") { $0.text("title", Lengths.name) }
    let description = reader.text("description", Lengths.text, isLong: true)
    let price = reader.require("priceCents") { $0.price("priceCents") }
    let segment = reader.slug("segmentSlug")
    let active = reader.bool("active")
    guard let slug, let title, let price, reader.isValid else { throw reader.refusal }
    self.init(
      slug: slug, title: title, description: description, priceCents: price, segmentSlug: segment,
      active: active ?? true)
  }
}

extension Venue.Fields: BodyFields {
  init(body: [String: JSONValue], tenant: TenantProfile) throws {
    var reader = FieldReader(body)
    let name = reader.require("name") { $0.text("name", Lengths.name) }
    let city = reader.require("city") { $0.text("city", Lengths.label) }
    let address = reader.text("address", Lengths.line)
    let capacity = reader.integer("capacity", 1...1_000_000)
    let active = reader.bool("active")
    guard let name, let city, reader.isValid else { throw reader.refusal }
    self.init(name: name, city: city, address: address, capacity: capacity, active: active ?? true)
  }
}

extension Package.Fields: BodyFields {
  init(body: [String: JSONValue], tenant: TenantProfile) throws {
    var reader = FieldReader(body)
    let slug = reader.require("slug") { $0.slug("slug") }
    if let slug, Package.reservedSlugs.contains(slug.description) {
      reader.fail("slug", "is reserved; choose another than \(slug)")
    }
    let title = reader.require("title") { $0.text("title", Lengths.name) }
    let description = reader.text("description", Lengths.text, isLong: true)
    let price = reader.require("priceCents") { $0.price("priceCents") }
    let currency = reader.parsed("currency", "an ISO 4217 code") { CurrencyCode($0) }
    let segment = reader.slug("segmentSlug")
    let grouping = reader.text("grouping", Lengths.label)
    let groupingOrder = reader.integer("groupingOrder", FieldReader.orders)
    let statuses = Package.Status.allCases.map(\.rawValue).joined(separator: ", ")
    let status = reader.parsed("status", "one of \(statuses)") { Package.Status(rawValue: $0) }
    let photos = reader.array("photos", limit: 50) { $0.photo($1, path: $2) }
    let addOns = reader.texts("addOnSlugs", limit: 50, "the slug of an add-on") { Slug($0) }
    guard let slug, let title, let price, reader.isValid else { throw reader.refusal }
    self.init(
      slug: slug, title: title, description: description ?? "", priceCents: price,
      currency: currency ?? tenant.currency, segmentSlug: segment, grouping: grouping,
      groupingOrder: groupingOrder ?? 0, status: status ?? .draft, photos: photos ?? [], addOnSlugs: addOns ?? [])
  }
}

extension FieldReader {
  /// Places in an order.
  static var orders: ClosedRange<Int> { -1_000_000...1_000_000 }

  fileprivate mutating func photo(_ value: JSONValue, path: String) -> Package.Photo? {
    object(value, path: path) { reader in
      let url = reader.require("url") { reader in
        reader.parsed("url", "an absolute http or https address of at most 2,000 characters") { text in
          WebAddress.isAbsolute(text) ? text : nil
        }
      }
      let alt = reader.text("alt", Lengths.line)
      return url.map { Package.Photo(url: $0, alt: alt ?? "") }
    }
  }
}

/// The form of addresses of pictures.
enum WebAddress {
  /// Whether a text is `http://` or `https://`, a host and printable ASCII without spaces.
  static func isAbsolute(_ text: String) -> Bool {
    guard text.utf8.count <= 2_000, text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else { return false }
    guard let scheme = ["https://", "http://"].first(where: { text.lowercased().hasPrefix($0) }) else { return false }
    let host = text.dropFirst(scheme.count).prefix { $0 != "/" && $0 != "?" && $0 != "#" }
    return !host.isEmpty && !host.contains("\\") && !host.contains("\"") && !text.contains("<")
  }
}
