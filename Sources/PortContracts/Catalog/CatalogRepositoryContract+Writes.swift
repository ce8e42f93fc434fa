import CatalogDomain
import Kernel

extension CatalogRepositoryContract {
  static var updateRules: [ContractRule<Self>] {
    [
      ContractRule("An update replaces the fields, counts the version and keeps the time of creation") { subject in
        let record = try await subject.insert(1)
        let later = Fixtures.time(plus: 1000)
        let changed = try requireValue(try await subject.update(record, to: 2, at: later), "the change")
        try requireEqual(changed.id, record.id, "the identifier")
        try requireEqual(changed.version, 2, "the version")
        try requireEqual(changed.fields, Entity.fields(2), "the fields")
        try requireEqual(changed.createdAt, Fixtures.time, "createdAt")
        try requireEqual(changed.updatedAt, later, "updatedAt")
        try requireEqual(try await subject.find(record.id), changed, "the record")
      },
      ContractRule("An update of an older version changes nothing and returns nil") { subject in
        let record = try await subject.insert(1)
        let changed = try await subject.update(record, to: 2)
        try requireEqual(try await subject.update(record, to: 3), nil, "the second change")
        try requireEqual(try await subject.find(record.id), changed, "the record")
      },
      ContractRule("An update of a record that has gone returns nil") { subject in
        let record = try await subject.insert(1)
        _ = try await subject.repository.delete(subject.tenant, record)
        try requireEqual(try await subject.update(record, to: 2), nil, "the change")
        try requireEqual(try await subject.find(record.id), nil, "the record")
      },
      ContractRule("Of 20 updates of one version at once exactly one is made") { subject in
        let record = try await subject.insert(0)
        let results = await atOnce(20) { try await subject.update(record, to: $0 + 1) }
        let changes = try results.successes().compactMap { $0 }
        try requireEqual(changes.count, 1, "updates made")
        try requireEqual(try await subject.find(record.id), changes.first, "the record")
      },
      ContractRule("20 writers that read, change and try again all get their turn") { subject in
        let record = try await subject.insert(0)
        let results = await atOnce(20) { number in
          for _ in 0..<1000 {
            let latest = try requireValue(try await subject.find(record.id), "the record")
            if try await subject.update(latest, to: number) != nil { return true }
          }
          return false
        }
        try requireEqual(try results.successes().filter(\.self).count, 20, "writers that got their turn")
        try requireEqual(try await subject.find(record.id)?.version, 21, "the version")
      },
    ]
  }

  static var deletionRules: [ContractRule<Self>] {
    [
      ContractRule("A record that is removed is gone, and removed only once") { subject in
        let (record, bystander) = (try await subject.insert(1), try await subject.insert(2))
        let results = await atOnce(10) { _ in try await subject.repository.delete(subject.tenant, record) }
        try requireEqual(try results.successes().filter(\.self).count, 1, "removals")
        try requireEqual(try await subject.find(record.id), nil, "the record")
        try requireEqual(try await subject.list(), [bystander], "the list")
      },
      ContractRule("A record of another version is not removed") { subject in
        let record = try await subject.insert(1)
        let changed = try requireValue(try await subject.update(record, to: 2), "the change")
        try requireEqual(try await subject.repository.delete(subject.tenant, record), false, "the removal")
        try requireEqual(try await subject.find(record.id), changed, "the record")
        try requireEqual(try await subject.repository.delete(subject.tenant, changed), true, "the removal")
      },
    ]
  }

  func update(_ record: Entity, to number: Int, at time: Timestamp = Fixtures.time) async throws -> Entity? {
    try await repository.update(tenant, record, Entity.fields(number), at: time)
  }
}
