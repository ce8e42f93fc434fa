import CatalogDomain
import Kernel

extension CatalogRepositoryContract {
  /// The rules for records with slugs.
  package static var allRules: [ContractRule<Self>] { rules + slugRules }

  private static var slugRules: [ContractRule<Self>] {
    [
      ContractRule("A record is found by its slug") { subject in
        let (first, second) = (try await subject.insert(1), try await subject.insert(2))
        try requireEqual(try await subject.named(first), first, "the record")
        try requireEqual(try await subject.named(second), second, "the record")
      },
      ContractRule("A slug is one record's: the second is refused with slugTaken and not kept") { subject in
        let first = try await subject.insert(1)
        let id: ID<Entity> = Fixtures.id()
        try await requireRefusal(.slugTaken) { try await subject.insert(1, id: id) }
        try requireEqual(try await subject.find(id), nil, "the refused record")
        try requireEqual(try await subject.named(first), first, "the record")
      },
      ContractRule("An update to another record's slug is refused with slugTaken and changes neither") { subject in
        let (first, second) = (try await subject.insert(1), try await subject.insert(2))
        try await requireRefusal(.slugTaken) { try await subject.update(second, to: 1) }
        try requireEqual(try await subject.named(first), first, "the holder of the slug")
        try requireEqual(try await subject.named(second), second, "the refused record")
      },
      ContractRule("A record may keep its slug in an update") { subject in
        let record = try await subject.insert(1)
        let changed = try requireValue(try await subject.update(record, to: 1), "the change")
        try requireEqual(try await subject.named(record), changed, "the record")
      },
      ContractRule("A slug that its record gave up is free, and no longer finds that record") { subject in
        let record = try await subject.insert(1)
        let changed = try requireValue(try await subject.update(record, to: 2), "the change")
        try requireEqual(try await subject.named(record), nil, "the record of the old slug")
        try requireEqual(try await subject.named(changed), changed, "the record of the new slug")
        let next = try await subject.insert(1)
        try requireEqual(try await subject.named(next), next, "the next record of the old slug")
      },
      ContractRule("The slug of a record that was removed is free") { subject in
        let record = try await subject.insert(1)
        _ = try await subject.repository.delete(subject.tenant, record)
        try requireEqual(try await subject.named(record), nil, "the record of the slug")
        let next = try await subject.insert(1)
        try requireEqual(try await subject.named(next), next, "the next record of the slug")
      },
      ContractRule("Two tenants may have a record of one slug each") { subject in
        let record = try await subject.insert(1)
        let foreign = try await subject.insert(1, for: subject.other)
        try requireEqual(try await subject.named(record), record, "the record")
        try requireEqual(try await subject.named(record, of: subject.other), foreign, "the other tenant's record")
      },
      ContractRule("Of 20 records added at once with one slug exactly one is kept") { subject in
        let results = await atOnce(20) { _ in try await subject.insert(1) }
        let added = try results.successes(elseRefusedWith: .slugTaken)
        try requireEqual(added.count, 1, "records added")
        try requireEqual(try await subject.list(), added, "the list")
      },
      ContractRule("Of 10 records that take one slug at once exactly one gets it") { subject in
        var records: [Entity] = []
        for number in 1...10 { records.append(try await subject.insert(number)) }
        let results = await atOnce(10) { [records] in try await subject.update(records[$0], to: 50) }
        let changed = try results.successes(elseRefusedWith: .slugTaken).compactMap { $0 }
        try requireEqual(changed.count, 1, "records that got it")
        try requireEqual(Set(try await subject.list().compactMap(\.slug)).count, 10, "different slugs")
      },
    ]
  }

  private func named(_ record: Entity, of owner: TenantID? = nil) async throws -> Entity? {
    try await repository.find(owner ?? tenant, .slug(requireValue(record.slug, "the slug of such a record")))
  }
}
