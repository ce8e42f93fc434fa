import CatalogDomain
import Kernel

extension CatalogContract {
  static let segmentRules: [ContractRule<Self>] = [
    ContractRule("A segment that a package or an add-on is in is not removed, whatever their status") { subject in
      for (number, status) in Package.Status.allCases.enumerated() {
        let segment = try await subject.insert(Fixtures.segment("coast-\(number)"))
        try await subject.insert(Fixtures.package("dawn-\(number)", segment: "coast-\(number)", status: status))
        try await requireRefusal(.segmentInUse) { try await subject.delete(segment) }
        try requireEqual(try await subject.segments.find(subject.tenant, .id(segment.id)), segment, "the segment")
      }
      let segment = try await subject.insert(Fixtures.segment("hills"))
      try await subject.insert(Fixtures.addOn("cake", segment: "hills", active: false))
      try await requireRefusal(.segmentInUse) { try await subject.delete(segment) }
      try requireEqual(try await subject.segments.find(subject.tenant, .id(segment.id)), segment, "the segment")
    },
    ContractRule("A segment that nothing is in any more can be removed") { subject in
      let segment = try await subject.insert(Fixtures.segment("coast"))
      let moved = try await subject.insert(Fixtures.package("dawn", segment: "coast"))
      let removed = try await subject.insert(Fixtures.package("dusk", segment: "coast"))
      let addOn = try await subject.insert(Fixtures.addOn("cake", segment: "coast"))
      try await subject.insert(Fixtures.segment("coast"), for: subject.other)
      try await subject.insert(Fixtures.package("dawn", segment: "coast"), for: subject.other)
      try await subject.update(moved, to: Fixtures.package("dawn"))
      try await subject.update(addOn, to: Fixtures.addOn("cake"))
      _ = try await subject.packages.delete(subject.tenant, removed)
      try requireEqual(try await subject.delete(segment), true, "the removal")
    },
    ContractRule("A removal of a segment and a package put into it at once never leave a package without it") {
      subject in
      for round in 0..<30 {
        let segment = try await subject.insert(Fixtures.segment("coast-\(round)"))
        let results = await atOnce(2) { number in
          if number == 0 { return try await subject.delete(segment) }
          return try await subject.insert(Fixtures.package("dawn-\(round)", segment: "coast-\(round)")).version == 1
        }
        _ = try results.successes(elseRefusedWith: .segmentInUse, .validationFailed)
        let kept = try await subject.segments.find(subject.tenant, .id(segment.id))
        let package = try await subject.packages.find(subject.tenant, .slug("dawn-\(round)"))
        try requireEqual(package?.fields.segmentSlug, kept?.fields.slug, "the package's segment")
        try require((package == nil) == (kept == nil), "of package and segment only one is there")
      }
    },
  ]

  static let addOnRules: [ContractRule<Self>] = [
    ContractRule("An add-on that is removed disappears from the packages that name it") { subject in
      for slug in ["cake", "bouquet", "piper"] { try await subject.insert(Fixtures.addOn(slug)) }
      let all = try await subject.insert(Fixtures.package("dawn", addOns: ["piper", "cake", "bouquet"]))
      let only = try await subject.insert(Fixtures.package("dusk", addOns: ["cake"]))
      let cake = try requireValue(try await subject.addOns.find(subject.tenant, .slug("cake")), "the add-on")
      try requireEqual(try await subject.addOns.delete(subject.tenant, cake), true, "the removal")
      let (foundAll, foundOnly) = (try await subject.find(all), try await subject.find(only))
      try requireEqual(foundAll.fields.addOnSlugs.map(\.description), ["piper", "bouquet"], "the slugs of the others")
      try requireEqual(foundAll.addOns.map(\.fields.slug.description), ["piper", "bouquet"], "the others")
      try requireEqual(foundOnly.addOns, [], "the add-ons")
      try requireEqual(foundOnly.fields.addOnSlugs, [], "the slugs of the add-ons")
    },
    ContractRule("A new add-on with the slug of one that was removed is not in the packages that named that one") {
      subject in
      let cake = try await subject.insert(Fixtures.addOn("cake"))
      let package = try await subject.insert(Fixtures.package("dawn", addOns: ["cake"]))
      _ = try await subject.addOns.delete(subject.tenant, cake)
      try await subject.insert(Fixtures.addOn("cake"))
      try requireEqual(try await subject.find(package).addOns, [], "the add-ons")
    },
  ]

  private func delete(_ segment: Segment) async throws -> Bool {
    try await segments.delete(tenant, segment)
  }
}
