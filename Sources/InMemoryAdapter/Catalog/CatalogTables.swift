import CatalogDomain
import Kernel

/// A tenant's catalog.
struct CatalogTables: Sendable {
  var segments = CatalogTable<SegmentRow>()
  var addOns = CatalogTable<AddOnRow>()
  var packages = CatalogTable<PackageRow>()
  var venues = CatalogTable<VenueRow>()

  /// The segment that a client names by its slug. Throws `validationFailed`.
  func segment(named slug: Slug?) throws(DomainError) -> ID<Segment>? {
    guard let slug else { return nil }
    guard let segment = segments.named(slug.description) else {
      throw .invalid("segmentSlug", "There is no segment \(slug).")
    }
    return segment.id
  }

  /// The add-ons that a client names by their slugs. Throws `validationFailed`.
  func addOns(named slugs: [Slug]) throws(DomainError) -> [ID<AddOn>] {
    var ids: [ID<AddOn>] = []
    for (position, slug) in slugs.enumerated() {
      guard let addOn = addOns.named(slug.description) else {
        throw .invalid("addOnSlugs[\(position)]", "There is no add-on \(slug).")
      }
      guard !ids.contains(addOn.id) else {
        throw .invalid("addOnSlugs[\(position)]", "The add-on \(slug) is named twice.")
      }
      ids.append(addOn.id)
    }
    return ids
  }
}
