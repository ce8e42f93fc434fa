import AvailabilityDomain
import BookingsDomain
import Kernel

extension AvailabilityContract {
  static let takenRules: [ContractRule<Self>] = [
    ContractRule("A month without bookings and blackouts is empty") { subject in
      let empty = MonthOccupancy(taken: [:], blackouts: [], holdsUntil: nil)
      try requireEqual(try await subject.occupancy(), empty, "the occupancy")
    },
    ContractRule("Pending and confirmed bookings count on their day") { subject in
      for _ in 0..<2 { try await subject.bookings.book(subject.tenant, Fixtures.booking(), capacity: 9) }
      try await subject.bookings.bookFirmly(subject.tenant, Fixtures.booking(), capacity: 9)
      try await subject.bookings.book(subject.tenant, Fixtures.booking(on: Fixtures.date.advanced(byDays: 30)))
      try requireEqual(try await subject.occupancy().taken, [1: 3, 31: 1], "days taken")
    },
    ContractRule("Cancelled bookings do not count") { subject in
      let bookings = [Fixtures.booking(), Fixtures.booking()]
      for booking in bookings { try await subject.bookings.book(subject.tenant, booking, capacity: 2) }
      _ = try await subject.bookings.perform(.cancel, subject.tenant, bookings[0])
      try requireEqual(try await subject.occupancy().taken, [1: 1], "days taken")
      _ = try await subject.bookings.perform(.cancel, subject.tenant, bookings[1])
      try requireEqual(try await subject.occupancy().taken, [:], "days taken")
    },
    ContractRule("The days before and after the month belong to others") { subject in
      for days in [-1, 31] {
        let date = Fixtures.date.advanced(byDays: days)
        try await subject.bookings.book(subject.tenant, Fixtures.booking(on: date))
      }
      for days in [-2, 32] { try await subject.black(out: Fixtures.date.advanced(byDays: days)) }
      let empty = MonthOccupancy(taken: [:], blackouts: [], holdsUntil: nil)
      try requireEqual(try await subject.occupancy(), empty, "the occupancy")
      let june = try await subject.occupancy(CalendarMonth(year: 2027, month: 6))
      try requireEqual(june.taken, [30: 1], "days taken in June")
      try requireEqual(june.blackouts, [29], "blackouts of June")
    },
    ContractRule("Blackouts show on their day until they are moved or removed") { subject in
      let blackout = try await subject.black(out: Fixtures.date)
      try await subject.black(out: Fixtures.date.advanced(byDays: 30))
      try requireEqual(try await subject.occupancy().blackouts, [1, 31], "blackouts")
      let moved = try await subject.move(blackout, to: Fixtures.date.advanced(byDays: 4))
      try requireEqual(try await subject.occupancy().blackouts, [5, 31], "blackouts after one moved")
      let version = try requireValue(moved, "the change").version
      _ = try await subject.blackouts.delete(subject.tenant, id: blackout.id, version: version)
      try requireEqual(try await subject.occupancy().blackouts, [31], "blackouts after one was removed")
    },
    ContractRule("Another tenant's bookings and blackouts do not show") { subject in
      try await subject.bookings.book(subject.other, Fixtures.booking())
      try await subject.black(out: Fixtures.date.advanced(byDays: 1), for: subject.other)
      let empty = MonthOccupancy(taken: [:], blackouts: [], holdsUntil: nil)
      try requireEqual(try await subject.occupancy(), empty, "the occupancy")
    },
  ]

  static let holdRules: [ContractRule<Self>] = [
    ContractRule("A pending booking counts until its hold runs out, a confirmed one for good") { subject in
      let booking = Fixtures.booking()
      try await subject.bookings.book(subject.tenant, booking)
      let firm = Fixtures.booking(on: Fixtures.date.advanced(byDays: 1))
      try await subject.bookings.bookFirmly(subject.tenant, firm)
      let end = booking.expiresAt
      let before = try await subject.occupancy(at: end.advanced(by: .milliseconds(-1)))
      try requireEqual(before.taken, [1: 1, 2: 1], "days taken a millisecond before")
      try requireEqual(try await subject.occupancy(at: end).taken, [2: 1], "days taken at that time")
      try requireEqual(try await subject.occupancy(at: end.advanced(by: .seconds(86_400))).taken, [2: 1], "later")
    },
    ContractRule("holdsUntil is when the first pending hold of the month that counts runs out") { subject in
      try requireEqual(try await subject.occupancy().holdsUntil, nil, "holdsUntil of nothing")
      let holds = [30, 10, 20].map { Fixtures.booking(on: Fixtures.date, createdAt: Fixtures.time(plus: $0)) }
      for hold in holds { try await subject.bookings.book(subject.tenant, hold, capacity: 9) }
      let elsewhere = Fixtures.booking(on: Fixtures.date.advanced(byDays: 31))
      try await subject.bookings.book(subject.tenant, elsewhere)
      let cancelled = Fixtures.booking(on: Fixtures.date.advanced(byDays: 1), createdAt: Fixtures.time(plus: 5))
      try await subject.bookings.book(subject.tenant, cancelled)
      _ = try await subject.bookings.perform(.cancel, subject.tenant, cancelled)
      try requireEqual(try await subject.occupancy().holdsUntil, holds[1].expiresAt, "holdsUntil")
      let next = try await subject.occupancy(at: holds[1].expiresAt)
      try requireEqual(next.holdsUntil, holds[2].expiresAt, "holdsUntil when the first has run out")
      for hold in holds { _ = try await subject.bookings.perform(.confirm, subject.tenant, hold) }
      try requireEqual(try await subject.occupancy().holdsUntil, nil, "holdsUntil of confirmed bookings")
    },
  ]

  static let stateRules: [ContractRule<Self>] = [
    ContractRule("A call reads one state: no day is taken and blacked out, whatever goes on meanwhile") { subject in
      async let readings = atOnce(4) { _ in
        for _ in 0..<100 {
          let occupancy = try await subject.occupancy()
          let both = occupancy.blackouts.intersection(occupancy.taken.keys)
          try require(both.isEmpty, "days \(both) are taken and blacked out")
        }
      }
      for _ in 0..<60 {
        let booking = Fixtures.booking()
        try await subject.bookings.book(subject.tenant, booking)
        _ = try await subject.bookings.perform(.cancel, subject.tenant, booking)
        let blackout = try await subject.black(out: Fixtures.date)
        _ = try await subject.blackouts.delete(subject.tenant, id: blackout.id, version: 1)
      }
      _ = try await readings.successes()
    }
  ]
}
