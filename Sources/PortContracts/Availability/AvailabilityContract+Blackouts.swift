import AvailabilityDomain
import Kernel

extension AvailabilityContract {
  /// The rules of ``BlackoutRepositoryPort``.
  package static let blackoutRules = recordRules + dayRules + bookedDayRules + raceRules

  private static let recordRules: [ContractRule<Self>] = [
    ContractRule("A blackout is added with version 1, and found by identifier and day") { subject in
      let id: ID<Blackout> = Fixtures.id()
      let fields = Blackout.Fields(date: Fixtures.date, reason: "Closed; “staff day”")
      let added = try await subject.blackouts.insert(subject.tenant, id: id, fields, at: Fixtures.time)
      let expected = Blackout(id: id, version: 1, fields: fields, createdAt: Fixtures.time, updatedAt: Fixtures.time)
      try requireEqual(added, expected, "the blackout")
      try requireEqual(try await subject.blackouts.find(subject.tenant, .id(id)), added, "by identifier")
      try requireEqual(try await subject.blackouts.find(subject.tenant, .date(Fixtures.date)), added, "by day")
      try requireEqual(try await subject.find(Fixtures.date.advanced(byDays: 1)), nil, "on another day")
      try requireEqual(try await subject.blackouts.find(subject.tenant, .id(Fixtures.id())), nil, "another")
    },
    ContractRule("An update replaces the fields, counts the version and keeps the time of creation") { subject in
      let blackout = try await subject.black(out: Fixtures.date, reason: "Closed")
      let (date, later) = (Fixtures.date.advanced(byDays: 3), Fixtures.time(plus: 1000))
      let changed = try await subject.move(blackout, to: date, at: later)
      let expected = Blackout(
        id: blackout.id, version: 2, fields: Blackout.Fields(date: date), createdAt: Fixtures.time, updatedAt: later)
      try requireEqual(changed, expected, "the blackout")
      try requireEqual(try await subject.find(date), expected, "on the new day")
      try requireEqual(try await subject.find(Fixtures.date), nil, "on the old day")
    },
    ContractRule("A blackout of another version is neither changed nor removed") { subject in
      let blackout = try await subject.black(out: Fixtures.date)
      let changed = try await subject.move(blackout, to: Fixtures.date.advanced(byDays: 1))
      try requireEqual(try await subject.move(blackout, to: Fixtures.date.advanced(byDays: 2)), nil, "the change")
      let (repository, tenant) = (subject.blackouts, subject.tenant)
      try requireEqual(try await repository.delete(tenant, id: blackout.id, version: 1), false, "the removal")
      try requireEqual(try await repository.find(tenant, .id(blackout.id)), changed, "the blackout")
      try requireEqual(try await repository.delete(tenant, id: blackout.id, version: 2), true, "the removal")
      try requireEqual(try await repository.delete(tenant, id: blackout.id, version: 2), false, "one more removal")
      try requireEqual(try await subject.move(blackout, to: Fixtures.date), nil, "the change of what has gone")
    },
    ContractRule("The list is by day, whatever the order of insertion; page by page too") { subject in
      for days in [40, -400, 3, 0, 200, 7] { try await subject.black(out: Fixtures.date.advanced(byDays: days)) }
      let walked = try await walk(limit: 2, place: \.place) { page in
        guard page == 1 else { return }
        try await subject.black(out: Fixtures.date.advanced(byDays: -1))
        try await subject.black(out: Fixtures.date.advanced(byDays: 100))
        for days in [0, 7] {
          let gone = try requireValue(try await subject.find(Fixtures.date.advanced(byDays: days)), "the blackout")
          _ = try await subject.blackouts.delete(subject.tenant, id: gone.id, version: 1)
        }
      } _: {
        try await subject.blackouts.list(subject.tenant, $0)
      }
      let days = walked.map { $0.fields.date.dayNumber - Fixtures.date.dayNumber }
      try requireEqual(days, [-400, 0, 3, 40, 100, 200], "the days")
    },
    ContractRule("Another tenant's blackout cannot be found, listed, changed or removed") { subject in
      let blackout = try await subject.black(out: Fixtures.date)
      let (repository, other) = (subject.blackouts, subject.other)
      try requireEqual(try await repository.find(other, .id(blackout.id)), nil, "by identifier")
      try requireEqual(try await repository.find(other, .date(Fixtures.date)), nil, "by day")
      try requireEqual(try await repository.list(other, PageRequest()), [], "the list")
      let changed = try await repository.update(
        other, id: blackout.id, version: 1, Blackout.Fields(date: Fixtures.date), at: Fixtures.time)
      try requireEqual(changed, nil, "the change")
      try requireEqual(try await repository.delete(other, id: blackout.id, version: 1), false, "the removal")
      try requireEqual(try await subject.find(Fixtures.date), blackout, "the blackout")
    },
  ]

  private static let dayRules: [ContractRule<Self>] = [
    ContractRule("A day has one blackout: another is refused with dateTaken, also by an update") { subject in
      let blackout = try await subject.black(out: Fixtures.date)
      let second = try await subject.black(out: Fixtures.date.advanced(byDays: 1))
      try await requireRefusal(.dateTaken) { try await subject.black(out: Fixtures.date) }
      try await requireRefusal(.dateTaken) { try await subject.move(second, to: Fixtures.date) }
      try requireEqual(
        try await subject.blackouts.list(subject.tenant, PageRequest()), [blackout, second], "the list")
    },
    ContractRule("A blackout may keep its day in an update, and two tenants may have one of the same day") { subject in
      let blackout = try await subject.black(out: Fixtures.date)
      try requireEqual(try await subject.move(blackout, to: Fixtures.date)?.version, 2, "the version")
      try await subject.black(out: Fixtures.date, for: subject.other)
    },
    ContractRule("A day is free again when its blackout has moved or gone") { subject in
      let next = Fixtures.date.advanced(byDays: 1)
      _ = try await subject.move(try await subject.black(out: Fixtures.date), to: next)
      let again = try await subject.black(out: Fixtures.date)
      _ = try await subject.blackouts.delete(subject.tenant, id: again.id, version: 1)
      try await subject.black(out: Fixtures.date)
      try await requireRefusal(.dateTaken) { try await subject.black(out: next) }
    },
    ContractRule("Of 20 blackouts of one day at once exactly one is kept") { subject in
      let results = await atOnce(20) { _ in try await subject.black(out: Fixtures.date) }
      let added = try results.successes(elseRefusedWith: .dateTaken)
      try requireEqual(added.count, 1, "blackouts added")
      try requireEqual(try await subject.blackouts.list(subject.tenant, PageRequest()), added, "the list")
    },
  ]

  func find(_ date: CalendarDate) async throws -> Blackout? { try await blackouts.find(tenant, .date(date)) }
}
