import CatalogDomain
import Kernel

extension CatalogContract {
  static let readRules: [ContractRule<Self>] = [
    ContractRule("Storefronts see published packages alone") { subject in
      for status in Package.Status.allCases {
        try await subject.insert(Fixtures.package(status.rawValue, status: status))
      }
      try requireEqual(try await subject.slugs(), ["published"], "the list")
      for status in Package.Status.allCases {
        let found = try await subject.reader.package(subject.tenant, slug: status.rawValue)
        try requireEqual(found?.fields.status, status == .published ? .published : nil, "the \(status) package")
      }
      let slugs = Package.Status.allCases.map(\.rawValue) + ["published", "nowhere", "no slug!"]
      let several = try await subject.reader.packages(subject.tenant, slugs: slugs).map(\.fields.slug.description)
      try requireEqual(several, ["published"], "several packages")
      try requireEqual(try await subject.reader.packages(subject.tenant, slugs: []), [], "no packages")
    },
    ContractRule("Storefronts see active segments, add-ons and venues alone") { subject in
      for active in [true, false] {
        try await subject.insert(Fixtures.segment("segment-\(active)", active: active))
        try await subject.insert(Fixtures.addOn("add-on-\(active)", active: active))
        try await subject.insert(Venue.Fields(name: "\(active)", city: "Halifax", active: active))
      }
      let (reader, tenant, page) = (subject.reader, subject.tenant, PageRequest())
      let segments = try await reader.segments(tenant, page).map(\.fields.slug.description)
      try requireEqual(segments, ["segment-true"], "the segments")
      try requireEqual(try await reader.segment(tenant, slug: "segment-true")?.fields.active, true, "the segment")
      try requireEqual(try await reader.segment(tenant, slug: "segment-false"), nil, "the inactive segment")
      let addOns = try await reader.addOns(tenant, segment: nil, page).map(\.fields.slug.description)
      try requireEqual(addOns, ["add-on-true"], "the add-ons")
      try requireEqual(
        try await reader.venues(tenant, city: nil, page).map(\.fields.name), ["true"], "the venues")
    },
    ContractRule("A published package in an inactive segment stays visible, also by that segment") { subject in
      try await subject.insert(Fixtures.segment("coast", active: false))
      let package = try await subject.insert(Fixtures.package("dawn", segment: "coast"))
      try requireEqual(try await subject.slugs(), ["dawn"], "the list")
      try requireEqual(try await subject.slugs(PackageQuery(segment: "coast")), ["dawn"], "the segment's list")
      try requireEqual(
        try await subject.reader.package(subject.tenant, slug: "dawn"), package, "the package")
    },
    ContractRule("Storefronts of one tenant see nothing of another's catalog") { subject in
      let (reader, other, page) = (subject.reader, subject.other, PageRequest())
      try await subject.insert(Fixtures.segment("coast"))
      try await subject.insert(Fixtures.addOn("cake", segment: "coast"))
      try await subject.insert(Venue.Fields(name: "Lighthouse", city: "Lunenburg"))
      try await subject.insert(Fixtures.package("dawn", segment: "coast", addOns: ["cake"]))
      for query in [PackageQuery(), PackageQuery(segment: "coast"), PackageQuery(text: "package")] {
        try requireEqual(try await subject.slugs(query, of: other), [], "the packages")
      }
      try requireEqual(try await reader.package(other, slug: "dawn"), nil, "the package")
      try requireEqual(try await reader.packages(other, slugs: ["dawn"]), [], "the package among several")
      try requireEqual(try await reader.segments(other, page), [], "the segments")
      try requireEqual(try await reader.segment(other, slug: "coast"), nil, "the segment")
      for segment in [nil, "coast"] {
        try requireEqual(try await reader.addOns(other, segment: segment, page), [], "the add-ons")
      }
      for city in [nil, "Lunenburg"] {
        try requireEqual(try await reader.venues(other, city: city, page), [], "the venues")
      }
    },
    ContractRule("A call reads one state: slug and order of a segment that changes belong together") { subject in
      var segment = try await subject.insert(Fixtures.segment("first", sortOrder: 1))
      for number in 0..<20 { try await subject.insert(Fixtures.package("dawn-\(number)", segment: "first")) }
      async let readings = atOnce(4) { _ in
        for _ in 0..<50 {
          let packages = try await subject.reader.packages(subject.tenant, PackageQuery())
          let states = Set(packages.map { "\($0.fields.segmentSlug?.description ?? "none") \($0.segmentOrder)" })
          try require(states == ["first 1"] || states == ["second 2"], "one answer has \(states)")
          try requireEqual(packages.count, 20, "packages")
        }
      }
      for number in 0..<60 {
        let fields =
          number % 2 == 0 ? Fixtures.segment("second", sortOrder: 2) : Fixtures.segment("first", sortOrder: 1)
        let changed = try await subject.segments.update(subject.tenant, segment, fields, at: Fixtures.time)
        segment = try requireValue(changed, "the change")
      }
      _ = try await readings.successes()
    },
  ]
}
