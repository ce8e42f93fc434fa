package import BookingsDomain
import Kernel

/// What the sweep of every ``BookingRepositoryPort`` keeps.
///
/// It reaches every tenant, so rules that share a database run one after the other. They happen in the year 2001, and
/// sweep nothing of rules that run meanwhile and happen in 2027.
package struct SweepContract: Sendable {
  /// The time zone of the subject's tenant: UTC+14, the first to end a day.
  package static let timeZone = "Pacific/Kiritimati"
  /// The time zone of the other tenant: UTC-3 in summer.
  package static let otherTimeZone = "America/Halifax"

  private let repository: any BookingRepositoryPort
  private let tenants: TenantPair

  /// A subject of the rules, with tenants in ``timeZone`` and ``otherTimeZone``.
  package init(repository: any BookingRepositoryPort, tenants: TenantPair) {
    self.repository = repository
    self.tenants = tenants
  }

  /// All rules.
  package static let rules: [ContractRule<Self>] = [
    ContractRule("Overdue holds are stored as expired, and their dates come back once") { subject in
      let holds = [subject.hold(days: 0), subject.hold(days: 1)]
      try await subject.repository.book(subject.tenants.tenant, holds[0])
      try await subject.repository.book(subject.tenants.other, holds[1])
      let released = try await subject.sweep(at: holds[0].expiresAt)
      let expected = [
        ReleasedDate(tenant: subject.tenants.tenant, date: holds[0].date),
        ReleasedDate(tenant: subject.tenants.other, date: holds[1].date),
      ]
      try requireEqual(Set(released), Set(expected), "the released dates")
      try requireEqual(try await subject.status(holds[0]), .expired, "the status")
      try requireEqual(try await subject.sweep(at: holds[0].expiresAt), [], "the dates of a second sweep")
    },
    ContractRule("A hold is swept from the millisecond it runs out, and can no longer be confirmed") { subject in
      let (hold, tenant) = (subject.hold(), subject.tenants.tenant)
      try await subject.repository.book(tenant, hold)
      try requireEqual(try await subject.sweep(at: hold.expiresAt.advanced(by: .milliseconds(-1))), [], "too early")
      try requireEqual(try await subject.status(hold), .pending, "the status before")
      _ = try await subject.sweep(at: hold.expiresAt)
      try requireEqual(try await subject.repository.perform(.confirm, tenant, hold), false, "the confirmation")
      try await subject.repository.book(tenant, subject.hold())
    },
    ContractRule("Cancelled bookings, and confirmed ones of days to come, stay as they are") { subject in
      let tenant = subject.tenants.tenant
      let cancelled = subject.hold()
      try await subject.repository.book(tenant, cancelled)
      _ = try await subject.repository.perform(.cancel, tenant, cancelled)
      let confirmed = try await subject.repository.bookFirmly(tenant, subject.hold(days: 20))
      try requireEqual(try await subject.sweep(at: confirmed.expiresAt), [], "the released dates")
      try requireEqual(try await subject.status(cancelled), .cancelled, "the status")
      try requireEqual(try await subject.repository.find(tenant, confirmed.id), confirmed, "the booking")
    },
    ContractRule("A confirmed day is completed when it is over by the calendar of its tenant") { subject in
      let (first, second) = (subject.hold(), subject.hold())
      try await subject.repository.bookFirmly(subject.tenants.tenant, first)
      try await subject.repository.bookFirmly(subject.tenants.other, second)
      // The day ends at 10:00 UTC in Kiritimati and at 03:00 UTC of the next day in Halifax.
      let midnight = Timestamp(milliseconds: Int64(first.date.dayNumber) * 86_400_000)
      for (minutes, expected) in [
        (599, [.confirmed, .confirmed]), (600, [.completed, .confirmed]), (1619, [.completed, .confirmed]),
        (1620, [.completed, .completed]),
      ] as [(Int, [BookingStatus])] {
        let time = midnight.advanced(by: .seconds(60 * minutes))
        try requireEqual(try await subject.sweep(at: time), [], "the released dates")
        let statuses = [
          try await subject.repository.storedStatus(subject.tenants.tenant, first),
          try await subject.repository.storedStatus(subject.tenants.other, second),
        ]
        try requireEqual(statuses, expected, "the statuses after \(minutes) minutes")
      }
    },
    ContractRule("Idempotency keys are forgotten when their lifetime is over, and not before") { subject in
      let (tenant, hold) = (subject.tenants.tenant, subject.hold())
      let key = Fixtures.idempotencyKey()
      try await subject.repository.book(tenant, hold, key: key)
      let end = hold.createdAt.advanced(by: IdempotencyKey.lifetime)
      _ = try await subject.sweep(at: end.advanced(by: .milliseconds(-1)))
      let kept = try await subject.repository.receipt(tenant, key, at: hold.createdAt)
      try requireEqual(kept, Fixtures.answer(to: hold), "the answer before")
      _ = try await subject.sweep(at: end)
      // Asked for at a time when it would still be remembered, had it not been forgotten.
      try requireEqual(try await subject.repository.receipt(tenant, key, at: hold.createdAt), nil, "the answer after")
    },
    ContractRule("Of a sweep and late confirmations at once, each hold is either released or confirmed") { subject in
      let tenant = subject.tenants.tenant
      let holds = (0..<20).map { subject.hold(days: $0) }
      for hold in holds { try await subject.repository.book(tenant, hold) }
      async let sweeping = subject.sweep(at: holds[0].expiresAt)
      let results = await atOnce(20) { try await subject.repository.perform(.confirm, tenant, holds[$0]) }
      let released = Set(try await sweeping.map(\.date))
      let confirmed = try results.successes().filter(\.self).count
      try requireEqual(released.count + confirmed, 20, "holds released and confirmed")
      for hold in holds {
        let isReleased = released.contains(hold.date)
        try requireEqual(try await subject.status(hold), isReleased ? .expired : .confirmed, "the status")
      }
    },
  ]

  /// A pending booking of a day in 2001, made a month before.
  private func hold(days: Int = 0) -> Booking {
    let created = CalendarDate(dayNumber: 11_474)  // 2001-06-01
    return Fixtures.booking(
      on: created.advanced(byDays: 30 + days),
      createdAt: Timestamp(milliseconds: Int64(created.dayNumber) * 86_400_000))
  }

  /// Sweeps; returns the dates of the subject's tenants.
  private func sweep(at time: Timestamp) async throws -> [ReleasedDate] {
    try await repository.sweep(at: time).filter { $0.tenant == tenants.tenant || $0.tenant == tenants.other }
  }

  private func status(_ booking: Booking) async throws -> BookingStatus {
    try await repository.storedStatus(tenants.tenant, booking)
  }
}
