import BookingsDomain
import Kernel

extension BookingContract {
  static let countRules: [ContractRule<Self>] = [
    ContractRule("Bookings are counted by package and the day they were made, also those that were cancelled") {
      subject in
      let today = CalendarDate(dayNumber: Int(Fixtures.time.milliseconds / 86_400_000))
      for offset in 0..<3 {
        try await subject.book(Fixtures.booking(on: Fixtures.date.advanced(byDays: offset)))
      }
      let cancelled = Fixtures.booking(on: Fixtures.date.advanced(byDays: 7))
      try await subject.book(cancelled)
      _ = try await subject.repository.perform(.cancel, subject.tenant, cancelled)
      let slug = cancelled.package.slug.description
      let counts = try await subject.repository.counts(subject.tenant, madeOn: today...today)
      try requireEqual(counts, [BookingCount(package: slug, day: today, bookings: 4)], "the counts")
      let others = [
        today.advanced(byDays: -3)...today.advanced(byDays: -1), today.advanced(byDays: 1)...today.advanced(byDays: 3),
      ]
      for days in others {
        try requireEqual(try await subject.repository.counts(subject.tenant, madeOn: days), [], "the counts of others")
      }
      try requireEqual(
        try await subject.repository.counts(subject.other, madeOn: today...today), [], "the other tenant's")
    }
  ]
}
