package import CatalogDomain
import Kernel

/// What every ``PackageBulkPort`` keeps.
package struct PackageBulkContract: Sendable {
  let bulk: any PackageBulkPort
  let packages: any CatalogRepositoryPort<Package>
  let segments: any CatalogRepositoryPort<Segment>
  let addOns: any CatalogRepositoryPort<AddOn>
  let tenants: TenantPair

  /// A subject of the rules.
  package init(
    bulk: any PackageBulkPort, packages: any CatalogRepositoryPort<Package>,
    segments: any CatalogRepositoryPort<Segment>, addOns: any CatalogRepositoryPort<AddOn>, tenants: TenantPair
  ) {
    self.bulk = bulk
    self.packages = packages
    self.segments = segments
    self.addOns = addOns
    self.tenants = tenants
  }

  /// All rules.
  package static let rules = writingRules + flawRules

  private static let writingRules: [ContractRule<Self>] = [
    ContractRule("Rows are added whole, over many batches, and read again as they are") { subject in
      try await subject.insertReferences()
      let wanted = (0..<620).map { number in
        Fixtures.package(
          "package-\(number)", title: "Title, “\(number)”", description: "Line\nline", priceCents: number,
          segment: number % 2 == 0 ? "coast" : nil, grouping: number % 3 == 0 ? "g" : nil,
          addOns: number % 2 == 0 ? ["bouquet", "arch"] : [])
      }
      let report = try await subject.upsert(wanted)
      try requireEqual(
        [report.created, report.updated, report.unchanged, report.failed], [620, 0, 0, 0], "the counts")
      try require(report.applied, "the report says that nothing was applied")
      for fields in [wanted[0], wanted[1], wanted[249], wanted[619]] {
        let package = try await subject.find(fields.slug)
        try requireEqual(package?.fields, fields, "the fields")
        try requireEqual(package?.version, 1, "the version")
      }
      try requireEqual(
        try await subject.packages.list(subject.tenants.other, PageRequest()).count, 0, "the other tenant")
    },
    ContractRule("A row of a slug that is there changes that package, and one that says the same changes nothing") {
      subject in
      try await subject.insertReferences()
      let (first, second) = (Fixtures.package("one", addOns: ["arch"]), Fixtures.package("two"))
      _ = try await subject.upsert([first, second])
      let before = try await subject.find(first.slug)
      var changed = first
      changed.title = "Another"
      changed.addOnSlugs = [Fixtures.slug("bouquet")]
      let report = try await subject.upsert([changed, second])
      try requireEqual([report.created, report.updated, report.unchanged], [0, 1, 1], "the counts")
      let after = try await subject.find(first.slug)
      try requireEqual(after?.fields, changed, "the fields")
      try requireEqual([after?.version, try await subject.find(second.slug)?.version], [2, 1], "the versions")
      try requireEqual(after?.id, before?.id, "the identifier")
    },
    ContractRule("What a row leaves out stays as it is") { subject in
      let fields = Fixtures.package("one", grouping: "kept")
      _ = try await subject.upsert([fields])
      let draft = PackageDraft(line: 1, slug: fields.slug) { present in
        var fields = present ?? fields
        fields.priceCents += 1
        return fields
      }
      _ = try await subject.upsert(rows: [.draft(draft)])
      let after = try await subject.find(fields.slug)?.fields
      try requireEqual(after?.priceCents, fields.priceCents + 1, "the price")
      try requireEqual(after?.grouping, "kept", "the grouping")
    },
  ]

  private static let flawRules: [ContractRule<Self>] = [
    ContractRule("A row with a flaw keeps all others out, and is told of with its line") { subject in
      let rows =
        subject.rows([Fixtures.package("one")]) + [.flawed(line: 7, slug: "x", .invalid("title", "is required"))]
      let report = try await subject.upsert(rows: rows + subject.rows([Fixtures.package("two")], from: 8))
      try requireEqual([report.created, report.failed], [0, 1], "the counts")
      try require(!report.applied, "the report says that it was applied")
      try requireEqual(
        report.errors.map { "\($0.line) \($0.field ?? "") \($0.message)" }, ["7 title is required"], "flaws")
      try requireEqual(try await subject.count(), 0, "packages")
    },
    ContractRule("With keepsGoing the other rows are there") { subject in
      let rows =
        subject.rows([Fixtures.package("one")]) + [.flawed(line: 7, slug: "x", .invalid("title", "is required"))]
      let report = try await subject.upsert(
        rows: rows + subject.rows([Fixtures.package("two")], from: 8), keepsGoing: true)
      try requireEqual([report.created, report.failed, try await subject.count()], [2, 1, 2], "the counts")
      try require(report.applied, "the report says that nothing was applied")
    },
    ContractRule("Segments and add-ons that are not there, and slugs that come twice, are flaws") { subject in
      try await subject.insertReferences()
      let report = try await subject.upsert(
        [
          Fixtures.package("one", segment: "nowhere"), Fixtures.package("two", addOns: ["arch", "nothing"]),
          Fixtures.package("three", addOns: ["arch", "arch"]), Fixtures.package("four"), Fixtures.package("four"),
        ], keepsGoing: true)
      try requireEqual([report.created, report.failed], [1, 4], "the counts")
      try requireEqual(
        report.errors.map(\.field), ["segmentSlug", "addOnSlugs[1]", "addOnSlugs[1]", "slug"], "the fields at fault")
    },
    ContractRule("A file that cannot be read to its end leaves nothing") { subject in
      let rows = subject.rows((0..<600).map { Fixtures.package("package-\($0)") })
      try await requireRefusal(.malformedRequest) {
        _ = try await subject.bulk.upsert(
          subject.tenants.tenant, RowsInMemory(rows: rows, failure: .malformed("file", "ends too soon")),
          keepsGoing: true, at: Fixtures.time, newID: Self.newID)
      }
      try requireEqual(try await subject.count(), 0, "packages")
    },
  ]

  private static let newID = IDGenerator(clock: ManualClock(), random: SystemRandomSource())

  private func insertReferences() async throws {
    _ = try await segments.insert(tenants.tenant, id: Fixtures.id(), Fixtures.segment("coast"), at: Fixtures.time)
    for slug in ["arch", "bouquet"] {
      _ = try await addOns.insert(tenants.tenant, id: Fixtures.id(), Fixtures.addOn(slug), at: Fixtures.time)
    }
  }

  private func rows(_ packages: [Package.Fields], from line: Int = 2) -> [PackageRow] {
    packages.enumerated().map { number, fields in
      .draft(PackageDraft(line: line + number, slug: fields.slug) { _ in fields })
    }
  }

  private func upsert(_ packages: [Package.Fields], keepsGoing: Bool = false) async throws -> PackageImportReport {
    try await upsert(rows: rows(packages), keepsGoing: keepsGoing)
  }

  private func upsert(rows: [PackageRow], keepsGoing: Bool = false) async throws -> PackageImportReport {
    try await bulk.upsert(
      tenants.tenant, RowsInMemory(rows: rows), keepsGoing: keepsGoing, at: Fixtures.time, newID: Self.newID)
  }

  private func find(_ slug: Slug) async throws -> Package? {
    try await packages.find(tenants.tenant, .slug(slug.description))
  }

  private func count() async throws -> Int { try await packages.list(tenants.tenant, PageRequest(limit: 100)).count }
}
