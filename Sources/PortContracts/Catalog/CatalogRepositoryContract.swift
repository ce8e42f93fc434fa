package import CatalogDomain
import Kernel

/// What every ``CatalogRepositoryPort`` keeps, whichever kind of record is in it.
package struct CatalogRepositoryContract<Entity: CatalogFixture>: Sendable {
  let repository: any CatalogRepositoryPort<Entity>
  let tenant: TenantID
  let other: TenantID

  /// A subject of the rules.
  package init(repository: any CatalogRepositoryPort<Entity>, tenants: TenantPair) {
    self.repository = repository
    tenant = tenants.tenant
    other = tenants.other
  }

  /// The rules for records without slugs.
  package static var rules: [ContractRule<Self>] { insertionRules + listRules + updateRules + deletionRules }

  private static var insertionRules: [ContractRule<Self>] {
    [
      ContractRule("A record is added with version 1, and read again as it was written") { subject in
        for number in 1...4 {
          let id: ID<Entity> = Fixtures.id()
          let added = try await subject.insert(number, id: id)
          try requireEqual(added.id, id, "the identifier")
          try requireEqual(added.version, 1, "the version")
          try requireEqual(added.fields, Entity.fields(number), "the fields")
          try requireEqual(added.createdAt, Fixtures.time, "createdAt")
          try requireEqual(added.updatedAt, Fixtures.time, "updatedAt")
          try requireEqual(try await subject.find(id), added, "the record")
        }
      },
      ContractRule("What is not there is not found") { subject in
        _ = try await subject.insert(1)
        try requireEqual(try await subject.find(Fixtures.id()), nil, "the record")
        for slug in ["nothing", "", "Segment-1", "%", "package-_"] {
          try requireEqual(try await subject.repository.find(subject.tenant, .slug(slug)), nil, "the record")
        }
      },
      ContractRule("A tenant without records has none") { subject in
        try requireEqual(try await subject.list().map(\.id), [], "the list")
      },
      ContractRule("Another tenant's record cannot be found, listed, changed or removed") { subject in
        let record = try await subject.insert(1)
        let (repository, other) = (subject.repository, subject.other)
        try requireEqual(try await repository.find(other, .id(record.id)), nil, "by identifier")
        if let slug = record.slug { try requireEqual(try await repository.find(other, .slug(slug)), nil, "by slug") }
        try requireEqual(try await subject.list(other).map(\.id), [], "the other tenant's list")
        let changed = try await repository.update(other, record, Entity.fields(2), at: Fixtures.time)
        try requireEqual(changed, nil, "the change")
        try requireEqual(try await repository.delete(other, record), false, "the removal")
        try requireEqual(try await subject.find(record.id), record, "the record")
      },
    ]
  }

  private static var listRules: [ContractRule<Self>] {
    [
      ContractRule("The list is in order of creation, whatever the order of insertion") { subject in
        let ids: [ID<Entity>] = (0..<6).map { Fixtures.id($0) }
        for number in [4, 0, 5, 2, 1, 3] { _ = try await subject.insert(number, id: ids[number]) }
        try requireEqual(try await subject.list().map(\.id), ids, "the list")
      },
      ContractRule("A page has one record more than its limit when the list goes on") { subject in
        for number in 0..<4 { _ = try await subject.insert(number, id: Fixtures.id(number)) }
        for (limit, count) in [(1, 2), (3, 4), (4, 4), (100, 4)] {
          let page = try await subject.repository.list(subject.tenant, PageRequest(limit: limit))
          try requireEqual(page.count, count, "records on a page of \(limit)")
        }
      },
      ContractRule("A walk through the pages meets every record once, through insertions and removals") { subject in
        var records: [Entity] = []
        for number in 0..<10 { records.append(try await subject.insert(number, id: Fixtures.id(100 + number))) }
        let walked = try await walk(limit: 3, place: \.creationPlace) { page in
          guard page == 1 else { return }
          _ = try await subject.insert(20, id: Fixtures.id(-1))
          _ = try await subject.insert(21, id: Fixtures.id(200))
          // The last record of the page that was just read, and one that is still to come.
          for gone in [records[2], records[5]] { _ = try await subject.repository.delete(subject.tenant, gone) }
        } _: {
          try await subject.repository.list(subject.tenant, $0)
        }
        let expected = [0, 1, 2, 3, 4, 6, 7, 8, 9].map { Entity.fields($0) } + [Entity.fields(21)]
        try requireEqual(walked.map(\.fields), expected, "the records")
      },
    ]
  }

  func insert(_ number: Int, id: ID<Entity> = Fixtures.id(), for owner: TenantID? = nil) async throws -> Entity {
    try await repository.insert(owner ?? tenant, id: id, Entity.fields(number), at: Fixtures.time)
  }

  func find(_ id: ID<Entity>) async throws -> Entity? { try await repository.find(tenant, .id(id)) }

  func list(_ owner: TenantID? = nil) async throws -> [Entity] {
    try await repository.list(owner ?? tenant, PageRequest(limit: 100))
  }
}
