import CatalogDomain
import Kernel

extension CatalogContract {
  static let orderRules: [ContractRule<Self>] =
    PackageSort.allCases.flatMap { sort in
      [
        ContractRule("Packages sorted by \(sort.rawValue) come in that order, and ties by identifier") { subject in
          try await subject.insertPackagesToSort()
          try requireEqual(try await subject.slugs(PackageQuery(sort: sort)), sort.expectedSlugs, "the packages")
        },
        ContractRule("A walk by \(sort.rawValue) meets every package once, through insertions and removals") {
          subject in
          try await subject.insertPackagesToSort()
          let expected = sort.expectedSlugs
          let walked = try await walk(limit: 2, place: sort.place) { page in
            guard page == 2 else { return }
            // The last package of the page that was just read, and one that is still to come.
            for slug in [expected[3], expected[5]] {
              let gone = try await subject.packages.find(subject.tenant, .slug(slug))
              _ = try await subject.packages.delete(subject.tenant, try requireValue(gone, "the package"))
            }
            // It comes first in every order, so its place has been passed.
            let first = Fixtures.package(
              "first", title: "A", priceCents: sort == .price ? 0 : 1000, segment: "early", groupingOrder: -100)
            try await subject.insert(first, at: Fixtures.time(plus: 10_000))
          } _: {
            try await subject.reader.packages(subject.tenant, PackageQuery(sort: sort, page: $0))
          }
          let slugs = walked.map(\.fields.slug.description)
          try requireEqual(slugs, expected.filter { $0 != expected[5] }, "the packages")
        },
      ]
    } + listOrderRules

  private static let listOrderRules: [ContractRule<Self>] = [
    ContractRule("Segments come by sort order, then name by its bytes; page by page too") { subject in
      for (slug, name, order) in [
        ("c", "Éire", 1), ("b", "alps", 1), ("d", "Alps", 2), ("a", "Zoo", 1), ("e", "Z", -1),
      ] {
        try await subject.insert(Fixtures.segment(slug, name: name, sortOrder: order))
      }
      let walked = try await walk(limit: 2, place: \.place) {
        try await subject.reader.segments(subject.tenant, $0)
      }
      try requireEqual(walked.map(\.fields.slug.description), ["e", "a", "b", "c", "d"], "the segments")
    },
    ContractRule("Add-ons come by title by its bytes; page by page too") { subject in
      for (slug, title) in [("c", "élan"), ("b", "apple"), ("a", "Zebra"), ("d", "apple pie"), ("e", "Apple")] {
        try await subject.insert(Fixtures.addOn(slug, title: title))
      }
      let walked = try await walk(limit: 2, place: \.place) {
        try await subject.reader.addOns(subject.tenant, segment: nil, $0)
      }
      try requireEqual(walked.map(\.fields.slug.description), ["e", "a", "b", "d", "c"], "the add-ons")
    },
    ContractRule("Venues come by city, then name by their bytes; page by page too") { subject in
      for (city, name) in [("Truro", "A"), ("Halifax", "b"), ("Halifax", "C"), ("halifax", "A"), ("Halifax", "B")] {
        try await subject.insert(Venue.Fields(name: name, city: city))
      }
      let walked = try await walk(limit: 2, place: \.place) {
        try await subject.reader.venues(subject.tenant, city: nil, $0)
      }
      let expected = ["Halifax B", "Halifax C", "Halifax b", "Truro A", "halifax A"]
      try requireEqual(walked.map { "\($0.fields.city) \($0.fields.name)" }, expected, "the venues")
    },
  ]

  /// Packages that every order sorts differently, added in an order that none of them has.
  private func insertPackagesToSort() async throws {
    try await insert(Fixtures.segment("late", sortOrder: 9))
    try await insert(Fixtures.segment("early", sortOrder: -3))
    // Number of the identifier, slug, title, price, segment, order in its grouping, seconds since creation.
    let rows: [(Int, String, String, Int, String?, Int, Int)] = [
      (1, "dune", "Éclair", 300, "late", 0, 1), (4, "cove", "apple", 200, "late", 0, 3),
      (3, "alp", "Zebra", 500, "early", 2, 4), (2, "bay", "apple", 100, "late", 1, 5),
      (6, "islet", "twin", 0, "early", 3, 0), (5, "isle", "twin", 0, "early", 3, 0),
      (7, "hill", "Birch", 400, nil, -1, 2),
    ]
    for (number, slug, title, price, segment, order, age) in rows {
      let fields = Fixtures.package(slug, title: title, priceCents: price, segment: segment, groupingOrder: order)
      _ = try await packages.insert(
        tenant, id: Fixtures.id(number), fields, at: Fixtures.time(plus: -1000 * age))
    }
  }
}

extension PackageSort {
  /// The slugs of the packages to sort in this order. Texts compare by their bytes, so É comes after all letters of ASCII.
  fileprivate var expectedSlugs: [String] {
    switch self {
    case .order: ["alp", "isle", "islet", "cove", "dune", "bay", "hill"]
    case .title: ["hill", "alp", "bay", "cove", "isle", "islet", "dune"]
    case .price: ["isle", "islet", "bay", "cove", "dune", "hill", "alp"]
    case .descendingPrice: ["alp", "hill", "dune", "cove", "bay", "isle", "islet"]
    case .newest: ["isle", "islet", "dune", "hill", "cove", "alp", "bay"]
    }
  }
}
