import CatalogDomain
import Kernel

extension CatalogContract {
  static let filterRules: [ContractRule<Self>] = [
    ContractRule("Packages are found by segment, by grouping, by text and by all at once") { subject in
      try await subject.insertPackagesToFilter()
      for (query, slugs) in [
        (PackageQuery(segment: "coast"), ["dawn", "dusk"]),
        (PackageQuery(grouping: "Evening"), ["dusk", "stars"]),
        (PackageQuery(text: "rocks"), ["dawn", "stars"]),
        (PackageQuery(segment: "coast", grouping: "Evening"), ["dusk"]),
        (PackageQuery(segment: "coast", grouping: "Morning", text: "rocks"), ["dawn"]),
        (PackageQuery(segment: "coast", grouping: "Evening", text: "rocks"), []),
      ] {
        try requireEqual(try await subject.slugs(query), slugs, "the packages of \(query)")
      }
    },
    ContractRule("A filter value that nothing has finds nothing") { subject in
      try await subject.insertPackagesToFilter()
      for query in [
        PackageQuery(segment: "desert"), PackageQuery(segment: ""), PackageQuery(segment: "Coast"),
        PackageQuery(grouping: "Noon"), PackageQuery(grouping: "evening"), PackageQuery(grouping: ""),
        PackageQuery(text: "volcano"),
      ] {
        try requireEqual(try await subject.slugs(query), [], "the packages of \(query)")
      }
    },
    ContractRule("Text is found in title and description, letter case aside, also beyond ASCII") { subject in
      try await subject.insert(Fixtures.package("a", title: "Élan by the SEA"))
      try await subject.insert(Fixtures.package("b", description: "A walk to the Seaside, élan included"))
      try await subject.insert(Fixtures.package("c", title: "Hills"))
      for (text, slugs) in [("sea", ["a", "b"]), ("THE SEA", ["a", "b"]), ("ÉLAN", ["a", "b"]), ("hILLs", ["c"])] {
        try requireEqual(Set(try await subject.slugs(PackageQuery(text: text))), Set(slugs), "packages with \(text)")
      }
    },
    ContractRule("Every character of a searched text stands for itself") { subject in
      for (slug, title) in [("a", "100% sun"), ("b", "100x sun"), ("c", "tea_time"), ("d", "tea-time"), ("e", #"a\b"#)]
      {
        try await subject.insert(Fixtures.package(slug, title: title))
      }
      for (text, slugs) in [("0% s", ["a"]), ("a_t", ["c"]), (#"a\b"#, ["e"]), ("'", []), (".*", [])] {
        try requireEqual(try await subject.slugs(PackageQuery(text: text)), slugs, "packages with \(text)")
      }
    },
    ContractRule("A filtered list is walked page by page") { subject in
      for number in 0..<9 {
        let grouping = number % 3 == 0 ? "Evening" : "Morning"
        try await subject.insert(
          Fixtures.package("p-\(number)", title: "\(number)", grouping: grouping))
      }
      let walked = try await walk(limit: 2, place: PackageSort.order.place) {
        try await subject.reader.packages(subject.tenant, PackageQuery(grouping: "Morning", page: $0))
      }
      try requireEqual(walked.map(\.fields.title), ["1", "2", "4", "5", "7", "8"], "the packages")
    },
    ContractRule("Add-ons are found by segment; those without one are in none") { subject in
      for slug in ["coast", "hills", "desert"] {
        try await subject.insert(Fixtures.segment(slug, active: slug == "coast"))
      }
      for (slug, segment) in [("cake", "coast"), ("tent", "hills"), ("piper", nil), ("boat", "coast")] {
        try await subject.insert(Fixtures.addOn(slug, title: slug, segment: segment))
      }
      for (segment, slugs) in [
        (nil, ["boat", "cake", "piper", "tent"]), ("coast", ["boat", "cake"]), ("hills", ["tent"]), ("desert", []),
        ("sky", []), ("", []),
      ] {
        let found = try await subject.reader.addOns(subject.tenant, segment: segment, PageRequest())
        try requireEqual(found.map(\.fields.slug.description), slugs, "the add-ons of \(segment ?? "all")")
      }
    },
    ContractRule("Venues are found by their whole city") { subject in
      for (name, city) in [("Lighthouse", "Lunenburg"), ("Barn", "Truro"), ("Pier", "Lunenburg")] {
        try await subject.insert(Venue.Fields(name: name, city: city))
      }
      for (city, names) in [("Lunenburg", ["Lighthouse", "Pier"]), ("Truro", ["Barn"]), ("Lunen", []), ("truro", [])] {
        let found = try await subject.reader.venues(subject.tenant, city: city, PageRequest())
        try requireEqual(found.map(\.fields.name), names, "the venues of \(city)")
      }
    },
  ]

  private func insertPackagesToFilter() async throws {
    try await insert(Fixtures.segment("coast", sortOrder: 1))
    try await insert(Fixtures.segment("hills", sortOrder: 2))
    for (slug, description, segment, grouping) in [
      ("dawn", "On the rocks", "coast", "Morning"), ("dusk", "In the bay", "coast", "Evening"),
      ("stars", "Above the rocks", "hills", "Evening"), ("noon", "In the shade", "hills", nil),
    ] {
      try await insert(
        Fixtures.package(slug, title: slug, description: description, segment: segment, grouping: grouping))
    }
  }
}
