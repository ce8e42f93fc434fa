import AvailabilityDomain
import BookingsDomain
import Kernel

/// A blackout and a live booking never share a day.
extension AvailabilityContract {
  static let bookedDayRules: [ContractRule<Self>] = [
    ContractRule("A day with a live booking is refused a blackout with dateTaken, also by an update") { subject in
      let next = Fixtures.date.advanced(byDays: 1)
      try await subject.bookings.book(subject.tenant, Fixtures.booking())
      try await subject.bookings.bookFirmly(subject.tenant, Fixtures.booking(on: next))
      let blackout = try await subject.black(out: Fixtures.date.advanced(byDays: 2))
      for date in [Fixtures.date, next] {
        try await requireRefusal(.dateTaken) { try await subject.black(out: date) }
        try await requireRefusal(.dateTaken) { try await subject.move(blackout, to: date) }
      }
      try requireEqual(try await subject.blackouts.list(subject.tenant, PageRequest()), [blackout], "the list")
    },
    ContractRule("A day whose bookings are cancelled, overdue or another tenant's takes a blackout") { subject in
      let booking = Fixtures.booking()
      try await subject.bookings.book(subject.tenant, booking)
      _ = try await subject.bookings.perform(.cancel, subject.tenant, booking)
      try await subject.black(out: Fixtures.date)
      let hold = Fixtures.booking(on: Fixtures.date.advanced(byDays: 1))
      try await subject.bookings.book(subject.tenant, hold)
      try await subject.black(out: hold.date, at: hold.expiresAt)
      let foreign = Fixtures.booking(on: Fixtures.date.advanced(byDays: 2))
      try await subject.bookings.book(subject.other, foreign)
      try await subject.black(out: foreign.date)
    },
    ContractRule("A hold keeps a blackout off its day until the millisecond it runs out") { subject in
      let hold = Fixtures.booking()
      try await subject.bookings.book(subject.tenant, hold)
      try await requireRefusal(.dateTaken) {
        try await subject.black(out: hold.date, at: hold.expiresAt.advanced(by: .milliseconds(-1)))
      }
    },
    ContractRule("A hold that gave way to a blackout can no longer be confirmed") { subject in
      let hold = Fixtures.booking()
      try await subject.bookings.book(subject.tenant, hold)
      try await subject.black(out: hold.date, at: hold.expiresAt)
      try requireEqual(try await subject.bookings.perform(.confirm, subject.tenant, hold), false, "the confirmation")
      try requireEqual(try await subject.bookings.storedStatus(subject.tenant, hold), .expired, "the status")
    },
    ContractRule("A blacked out day is refused to bookings with dateUnavailable, until the blackout has gone") {
      subject in
      let blackout = try await subject.black(out: Fixtures.date)
      try await requireRefusal(.dateUnavailable) {
        try await subject.bookings.book(subject.tenant, Fixtures.booking(), capacity: 100)
      }
      try await subject.bookings.book(subject.other, Fixtures.booking())
      let moved = try await subject.move(blackout, to: Fixtures.date.advanced(byDays: 1))
      try await subject.bookings.book(subject.tenant, Fixtures.booking())
      let next = Fixtures.booking(on: Fixtures.date.advanced(byDays: 1))
      try await requireRefusal(.dateUnavailable) { try await subject.bookings.book(subject.tenant, next) }
      _ = try await subject.blackouts.delete(
        subject.tenant, id: blackout.id, version: requireValue(moved, "the change").version)
      try await subject.bookings.book(subject.tenant, next)
    },
  ]

  static let raceRules: [ContractRule<Self>] = [
    ContractRule("Of a blackout and bookings of one day at once, either the one or the others get it") { subject in
      for round in 0..<20 {
        let date = Fixtures.date.advanced(byDays: round)
        let results = await atOnce(8) { number in
          if number == round % 8 {
            try await subject.black(out: date)
          } else {
            try await subject.bookings.book(subject.tenant, Fixtures.booking(on: date), capacity: 4)
          }
        }
        _ = try results.successes(elseRefusedWith: .dateTaken, .dateUnavailable)
        let isBlackout = try await subject.find(date) != nil
        let live = try await subject.bookings.storedLiveCount(subject.tenant, on: date)
        try requireEqual(live, isBlackout ? 0 : 4, "live bookings of a day with \(isBlackout ? "a" : "no") blackout")
      }
    },
    ContractRule("Of a blackout and the late confirmation of an overdue hold at once, one fails") { subject in
      for round in 0..<20 {
        let hold = Fixtures.booking(on: Fixtures.date.advanced(byDays: round))
        try await subject.bookings.book(subject.tenant, hold)
        let results = await atOnce(2) { number in
          if number == round % 2 {
            try await subject.black(out: hold.date, at: hold.expiresAt)
            return true
          }
          return try await subject.bookings.perform(.confirm, subject.tenant, hold)
        }
        _ = try results.successes(elseRefusedWith: .dateTaken)
        let isBlackout = try await subject.find(hold.date) != nil
        let status = try await subject.bookings.storedStatus(subject.tenant, hold)
        try requireEqual(status, isBlackout ? .expired : .confirmed, "the status of the hold")
      }
    },
  ]
}
