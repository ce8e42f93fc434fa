import CatalogDomain
import Kernel

extension CatalogContract {
  static let referenceRules: [ContractRule<Self>] = [
    ContractRule("A package shows its segment's slug and order, and its add-ons in the order they were named") {
      subject in
      try await subject.insert(Fixtures.segment("coast", sortOrder: 7))
      let cake = try await subject.insert(Fixtures.addOn("cake"))
      let bouquet = try await subject.insert(Fixtures.addOn("bouquet", segment: "coast", active: false))
      let fields = Fixtures.package("dawn", segment: "coast", addOns: ["cake", "bouquet"])
      let package = try await subject.insert(fields)
      try requireEqual(package.fields, fields, "the fields")
      try requireEqual(package.addOns, [cake, bouquet], "the add-ons")
      try requireEqual(package.segmentOrder, 7, "the segment's order")
      try requireEqual(try await subject.find(package), package, "the package staff find")
      let published = try await subject.reader.package(subject.tenant, slug: "dawn")
      try requireEqual(published, package, "the package storefronts find")
      let changed = try await subject.update(package, to: Fixtures.package("dawn", addOns: ["bouquet", "cake"]))
      try requireEqual(changed.addOns, [bouquet, cake], "the add-ons after the change")
    },
    ContractRule("A package without a segment stands after those with one") { subject in
      let package = try await subject.insert(Fixtures.package("dawn"))
      try requireEqual(package.fields.segmentSlug, nil, "the segment")
      try requireEqual(package.segmentOrder, Int(Int32.max), "the segment's order")
    },
    ContractRule("A segment's new slug and order show at once in its packages and add-ons") { subject in
      let segment = try await subject.insert(Fixtures.segment("coast", sortOrder: 1))
      let package = try await subject.insert(Fixtures.package("dawn", segment: "coast"))
      let addOn = try await subject.insert(Fixtures.addOn("cake", segment: "coast"))
      try await subject.update(segment, to: Fixtures.segment("shore", sortOrder: 2))
      let found = try await subject.find(package)
      try requireEqual(found.fields.segmentSlug, Fixtures.slug("shore"), "the package's segment")
      try requireEqual(found.segmentOrder, 2, "the segment's order")
      let foundAddOn = try await subject.addOns.find(subject.tenant, .id(addOn.id))
      try requireEqual(foundAddOn?.fields.segmentSlug, Fixtures.slug("shore"), "the add-on's segment")
      try requireEqual(try await subject.slugs(PackageQuery(segment: "shore")), ["dawn"], "packages of the new slug")
      try requireEqual(try await subject.slugs(PackageQuery(segment: "coast")), [], "packages of the old slug")
    },
    ContractRule("An add-on's new slug, title and price show at once in the packages that name it") { subject in
      let addOn = try await subject.insert(Fixtures.addOn("cake"))
      let package = try await subject.insert(Fixtures.package("dawn", addOns: ["cake"]))
      let fields = Fixtures.addOn("tower-cake", title: "Tower cake", priceCents: 900)
      try await subject.update(addOn, to: fields)
      let found = try await subject.find(package)
      try requireEqual(found.addOns.map(\.fields), [fields], "the package's add-ons")
      try requireEqual(found.fields.addOnSlugs, [Fixtures.slug("tower-cake")], "the slugs of the package's add-ons")
    },
    ContractRule("What a record names stays named when it is renamed or removed between its reading and its writing") {
      subject in
      let segment = try await subject.insert(Fixtures.segment("coast"))
      let cake = try await subject.insert(Fixtures.addOn("cake", segment: "coast"))
      let bouquet = try await subject.insert(Fixtures.addOn("bouquet"))
      var fields = Fixtures.package("dawn", segment: "coast", addOns: ["cake", "bouquet"])
      let package = try await subject.insert(fields)
      try await subject.update(segment, to: Fixtures.segment("shore"))
      let changedCake = try await subject.update(cake, to: Fixtures.addOn("cake", title: "A cake", segment: "coast"))
      try requireEqual(changedCake.fields.segmentSlug, Fixtures.slug("shore"), "the add-on's segment")
      _ = try await subject.addOns.delete(subject.tenant, bouquet)
      fields.priceCents += 1
      let changed = try await subject.update(package, to: fields)
      try requireEqual(changed.fields.priceCents, fields.priceCents, "the price")
      try requireEqual(changed.fields.segmentSlug, Fixtures.slug("shore"), "the segment")
      try requireEqual(changed.addOns, [changedCake], "the add-ons")
    },
    ContractRule("A segment that is not there is refused by its field, and nothing is kept") { subject in
      try await subject.insert(Fixtures.segment("coast"), for: subject.other)
      let unknown = (Fixtures.package("dawn", segment: "coast"), Fixtures.addOn("cake", segment: "coast"))
      try await requireRefusal(.validationFailed, field: "segmentSlug") { try await subject.insert(unknown.0) }
      try await requireRefusal(.validationFailed, field: "segmentSlug") { try await subject.insert(unknown.1) }
      try requireEqual(try await subject.packages.find(subject.tenant, .slug("dawn")), nil, "the package")
      try requireEqual(try await subject.addOns.find(subject.tenant, .slug("cake")), nil, "the add-on")
      let package = try await subject.insert(Fixtures.package("dawn"))
      let addOn = try await subject.insert(Fixtures.addOn("cake"))
      try await requireRefusal(.validationFailed, field: "segmentSlug") {
        try await subject.update(package, to: unknown.0)
      }
      try await requireRefusal(.validationFailed, field: "segmentSlug") {
        try await subject.update(addOn, to: unknown.1)
      }
      try requireEqual(try await subject.find(package), package, "the package")
      try requireEqual(try await subject.addOns.find(subject.tenant, .id(addOn.id)), addOn, "the add-on")
    },
    ContractRule("An add-on that is not there is refused by its place, and nothing is kept") { subject in
      try await subject.insert(Fixtures.addOn("cake"))
      try await subject.insert(Fixtures.addOn("bouquet"), for: subject.other)
      let fields = Fixtures.package("dawn", addOns: ["cake", "bouquet"])
      try await requireRefusal(.validationFailed, field: "addOnSlugs[1]") { try await subject.insert(fields) }
      try requireEqual(try await subject.packages.find(subject.tenant, .slug("dawn")), nil, "the package")
      let package = try await subject.insert(Fixtures.package("dawn", addOns: ["cake"]))
      try await requireRefusal(.validationFailed, field: "addOnSlugs[1]") {
        try await subject.update(package, to: fields)
      }
      try requireEqual(try await subject.find(package), package, "the package")
    },
    ContractRule("An add-on that is named twice is refused by its second place") { subject in
      try await subject.insert(Fixtures.addOn("cake"))
      try await subject.insert(Fixtures.addOn("bouquet"))
      let fields = Fixtures.package("dawn", addOns: ["cake", "bouquet", "cake"])
      try await requireRefusal(.validationFailed, field: "addOnSlugs[2]") { try await subject.insert(fields) }
    },
  ]
}
