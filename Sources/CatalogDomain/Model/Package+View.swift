package import Caching
package import Kernel

extension Package {
  package struct View: Codable, Sendable, Equatable {
    package struct AddOnView: Codable, Sendable, Equatable {
      package let id: ID<AddOn>
      package let slug: Slug
      package let title: String
      package let priceCents: Int
    }

    package let id: ID<Package>
    package let slug: Slug
    package let title: String
    package let description: String
    package let priceCents: Int
    package let currency: CurrencyCode
    @ExplicitNull package var segment: Slug?
    @ExplicitNull package var grouping: String?
    package let groupingOrder: Int
    package let status: Status
    package let photos: [Photo]
    package let addOns: [AddOnView]
    package let createdAt: Timestamp
    package let updatedAt: Timestamp
  }

  /// Staff see every add-on the package names, storefronts those that are on sale.
  package func view(for audience: Audience) -> View {
    View(
      id: id, slug: fields.slug, title: fields.title, description: fields.description, priceCents: fields.priceCents,
      currency: fields.currency, segment: fields.segmentSlug, grouping: fields.grouping,
      groupingOrder: fields.groupingOrder, status: fields.status, photos: fields.photos,
      addOns: addOns.filter { audience == .staff || $0.fields.active }.map { addOn in
        View.AddOnView(
          id: addOn.id, slug: addOn.fields.slug, title: addOn.fields.title, priceCents: addOn.fields.priceCents)
      },
      createdAt: createdAt, updatedAt: updatedAt)
  }
}

extension Package.View: JSONWritable {
  package func write(to json: inout JSONBytes) {
    json.put(#"{"addOns":"#)
    json.write(addOns)
    json.put(#","createdAt":"#)
    json.write(createdAt.description)
    json.put(#","currency":"#)
    json.write(currency.description)
    json.put(#","description":"#)
    json.write(description)
    json.put(#","grouping":"#)
    json.write(grouping)
    json.put(#","groupingOrder":"#)
    json.write(groupingOrder)
    json.put(#","id":"#)
    json.write(id.raw)
    json.put(#","photos":"#)
    json.write(photos)
    json.put(#","priceCents":"#)
    json.write(priceCents)
    json.put(#","segment":"#)
    json.write(segment?.description)
    json.put(#","slug":"#)
    json.write(slug.description)
    json.put(#","status":"#)
    json.write(status.rawValue)
    json.put(#","title":"#)
    json.write(title)
    json.put(#","updatedAt":"#)
    json.write(updatedAt.description)
    json.put("}")
  }
}

extension Package.View.AddOnView: JSONWritable {
  package func write(to json: inout JSONBytes) {
    json.put(#"{"id":"#)
    json.write(id.raw)
    json.put(#","priceCents":"#)
    json.write(priceCents)
    json.put(#","slug":"#)
    json.write(slug.description)
    json.put(#","title":"#)
    json.write(title)
    json.put("}")
  }
}

extension Package.Photo: JSONWritable {
  package func write(to json: inout JSONBytes) {
    json.put(#"{"alt":"#)
    json.write(alt)
    json.put(#","url":"#)
    json.write(url)
    json.put("}")
  }
}
