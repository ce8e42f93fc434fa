import CatalogDomain
import Kernel

/// Reads a request target as a question to the catalog: the one reading that the router's way and the event loop's share.
enum CatalogTarget {
  /// The question and the route it belongs to; nil when the target is no catalog route. Throws `malformedRequest`.
  static func read(_ target: String) throws -> (read: CatalogRead, endpoint: Endpoint)? {
    // What storefronts ask for most.
    if target == "/api/v1/packages" || target == "/packages" { return (.packages(PackageQuery()), .listPackages) }
    let end = target.utf8.firstIndex(of: UInt8(ascii: "?")) ?? target.endIndex
    var path = target[..<end].split(separator: "/")
    let isVersioned = path.starts(with: ["api", "v1"])
    if isVersioned { path.removeFirst(2) }
    guard let resource = path.first, isVersioned || resource == "packages" else { return nil }
    let query = QueryItems(target: target)
    switch (resource, path.count) {
    case ("packages", 1): return (.packages(try packages(query)), .listPackages)
    case ("packages", 2): return (.package(slug: try slug(path[1])), .getPackage)
    case ("segments", 1): return (.segments(try query.page(of: CatalogRead.segmentList)), .listSegments)
    case ("segments", 2): return (.segment(slug: try slug(path[1])), .getSegment)
    case ("segments", 3) where path[2] == "packages":
      return (.segmentPackages(slug: try slug(path[1]), try packages(query, isOfSegment: true)), .listSegmentPackages)
    case ("add-ons", 1):
      return (.addOns(segment: try query.text("segment"), try query.page(of: CatalogRead.addOnList)), .listAddOns)
    case ("venues", 1):
      return (.venues(city: try query.text("city"), try query.page(of: CatalogRead.venueList)), .listVenues)
    default: return nil
    }
  }

  /// - Parameter isOfSegment: whether the path names the segment, so that the query cannot.
  private static func packages(_ query: QueryItems, isOfSegment: Bool = false) throws -> PackageQuery {
    let orders = PackageSort.allCases.map(\.rawValue).joined(separator: ", ")
    let sort = try query.parsed("sort", "one of \(orders)") { PackageSort(rawValue: $0) } ?? .order
    return PackageQuery(
      segment: try isOfSegment ? nil : query.text("segment"), grouping: try query.text("grouping"),
      text: try query.text("q"), sort: sort, page: try query.page(of: CatalogRead.packageList(sort)))
  }

  private static func slug(_ raw: Substring) throws -> String { try Call.pathText(raw, "slug") }
}
