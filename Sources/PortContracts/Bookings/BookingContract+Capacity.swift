import AvailabilityDomain
import BookingsDomain
import Kernel

extension BookingContract {
  static let capacityRules: [ContractRule<Self>] =
    [1, 4].map { capacity in
      ContractRule("Of 200 calls at once for a date with room for \(capacity), exactly \(capacity) succeed") {
        subject in
        let results = await atOnce(200) { _ in try await subject.book(Fixtures.booking(), capacity: capacity) }
        let receipts = try results.successes(elseRefusedWith: .dateUnavailable)
        try requireEqual(receipts.count, capacity, "calls that succeeded")
        let stored = try await subject.list().map { BookingReceipt.created(Fixtures.answer(to: $0)) }
        try requireEqual(stored.count, capacity, "bookings stored")
        try require(receipts.allSatisfy(stored.contains), "a call that succeeded left no booking")
      }
    } + [
      ContractRule("Pending and confirmed bookings take their date; other dates and tenants have room") { subject in
        let next = Fixtures.date.advanced(byDays: 1)
        try await subject.book(Fixtures.booking())
        try await subject.repository.bookFirmly(subject.tenant, Fixtures.booking(on: next))
        for date in [Fixtures.date, next] {
          try await requireRefusal(.dateUnavailable) { try await subject.book(Fixtures.booking(on: date)) }
          try await subject.repository.book(subject.other, Fixtures.booking(on: date))
        }
        try await subject.book(Fixtures.booking(on: next.advanced(byDays: 1)))
      },
      ContractRule("The capacity is that of the call: lowered below what is booked, it leaves no room") { subject in
        for _ in 0..<3 { try await subject.book(Fixtures.booking(), capacity: 3) }
        for capacity in 1...3 {
          try await requireRefusal(.dateUnavailable) { try await subject.book(Fixtures.booking(), capacity: capacity) }
        }
        try await subject.book(Fixtures.booking(), capacity: 4)
      },
      ContractRule("A cancelled booking, pending or confirmed, frees its date for exactly one of 50") { subject in
        let hold = Fixtures.booking()
        try await subject.book(hold)
        _ = try await subject.repository.perform(.cancel, subject.tenant, hold)
        let firm = try await subject.repository.bookFirmly(subject.tenant, Fixtures.booking())
        _ = try await subject.repository.perform(.cancel, subject.tenant, firm)
        let results = await atOnce(50) { _ in try await subject.book(Fixtures.booking()) }
        try requireEqual(try results.successes(elseRefusedWith: .dateUnavailable).count, 1, "calls that succeeded")
      },
    ]

  static let overdueRules: [ContractRule<Self>] = [
    ContractRule("An overdue hold gives its date to the next booking, and not a millisecond before") { subject in
      let hold = Fixtures.booking()
      try await subject.book(hold)
      let early = Fixtures.booking(createdAt: hold.expiresAt.advanced(by: .milliseconds(-1)))
      try await requireRefusal(.dateUnavailable) { try await subject.book(early) }
      let late = Fixtures.booking(createdAt: hold.expiresAt)
      try await subject.book(late)
      try requireEqual(try await subject.find(late), late, "the booking")
      try requireEqual(try await subject.repository.storedStatus(subject.tenant, hold), .expired, "the hold's status")
    },
    ContractRule("A hold that gave way can no longer be confirmed or cancelled") { subject in
      let hold = Fixtures.booking()
      try await subject.book(hold)
      try await subject.book(Fixtures.booking(createdAt: hold.expiresAt))
      for action in BookingAction.allCases {
        try requireEqual(
          try await subject.repository.perform(action, subject.tenant, hold), false, "the \(action.rawValue)")
      }
    },
    ContractRule("A hold that is not overdue, or whose date is refused to another, stays as it is") { subject in
      let first = Fixtures.booking()
      let second = Fixtures.booking(createdAt: Fixtures.time(plus: 60_000))
      for hold in [first, second] { try await subject.book(hold, capacity: 2) }
      let time = first.expiresAt
      try await requireRefusal(.dateUnavailable) { try await subject.book(Fixtures.booking(createdAt: time)) }
      try requireEqual(try await subject.find(first), first, "the overdue hold")
      try await subject.book(Fixtures.booking(createdAt: time), capacity: 2)
      try requireEqual(try await subject.find(second), second, "the hold that is not overdue")
    },
    ContractRule("A confirmed booking keeps its date past the time its hold would have run out") { subject in
      let firm = try await subject.repository.bookFirmly(subject.tenant, Fixtures.booking())
      let late = Fixtures.booking(createdAt: firm.expiresAt.advanced(by: .seconds(86_400)))
      try await requireRefusal(.dateUnavailable) { try await subject.book(late) }
    },
    ContractRule("Of 50 calls at once for the date of an overdue hold exactly one succeeds") { subject in
      let hold = Fixtures.booking()
      try await subject.book(hold)
      let results = await atOnce(50) { _ in try await subject.book(Fixtures.booking(createdAt: hold.expiresAt)) }
      try requireEqual(try results.successes(elseRefusedWith: .dateUnavailable).count, 1, "calls that succeeded")
      try requireEqual(
        try await subject.repository.storedLiveCount(subject.tenant, on: hold.date), 1, "live bookings")
    },
    ContractRule("Of a late confirmation and a new booking of the date at once, exactly one succeeds") { subject in
      for round in 0..<20 {
        let hold = Fixtures.booking(on: Fixtures.date.advanced(byDays: round))
        try await subject.book(hold)
        let results = await atOnce(2) { number in
          if number == round % 2 {
            return try await subject.repository.perform(.confirm, subject.tenant, hold)
          }
          try await subject.book(Fixtures.booking(on: hold.date, createdAt: hold.expiresAt))
          return true
        }
        let successes = try results.successes(elseRefusedWith: .dateUnavailable).filter(\.self)
        try requireEqual(successes.count, 1, "calls that succeeded")
        let live = try await subject.repository.storedLiveCount(subject.tenant, on: hold.date)
        try requireEqual(live, 1, "live bookings")
      }
    },
  ]
}
