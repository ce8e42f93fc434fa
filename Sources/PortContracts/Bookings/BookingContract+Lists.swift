import BookingsDomain
import Kernel

extension BookingContract {
  static let replaceRules: [ContractRule<Self>] = [
    ContractRule("A booking is replaced as a whole when its stored status is the expected one") { subject in
      let booking = Fixtures.booking()
      try await subject.book(booking)
      let confirmed = booking.applying(.confirm, reason: "paid “cash”", at: Fixtures.time(plus: 10))
      let isConfirmed = try await subject.repository.replace(subject.tenant, confirmed, expected: .pending)
      try requireEqual(isConfirmed, true, "the confirmation")
      try requireEqual(try await subject.find(booking), confirmed, "the confirmed booking")
      let cancelled = confirmed.applying(.cancel, reason: nil, at: Fixtures.time(plus: 20))
      let isCancelled = try await subject.repository.replace(subject.tenant, cancelled, expected: .confirmed)
      try requireEqual(isCancelled, true, "the cancellation")
      try requireEqual(try await subject.find(booking), cancelled, "the cancelled booking")
    },
    ContractRule("A booking of another status is left as it is, and one that is not there is not made") { subject in
      let booking = Fixtures.booking()
      let isMade = try await subject.repository.perform(.confirm, subject.tenant, booking)
      try requireEqual(isMade, false, "the confirmation of nothing")
      try await subject.book(booking)
      let cancelled = booking.applying(.cancel, reason: nil, at: Fixtures.time)
      for status in BookingStatus.allCases where status != .pending {
        let isReplaced = try await subject.repository.replace(subject.tenant, cancelled, expected: status)
        try requireEqual(isReplaced, false, "the cancellation of a booking that was \(status.rawValue)")
      }
      try requireEqual(try await subject.find(booking), booking, "the booking")
    },
    ContractRule("Of confirmations and cancellations of one booking at once exactly one is made") { subject in
      for round in 0..<10 {
        let booking = Fixtures.booking(on: Fixtures.date.advanced(byDays: round))
        try await subject.book(booking)
        let results = await atOnce(20) { number in
          let action = BookingAction.allCases[number % 2]
          return try await subject.repository.perform(action, subject.tenant, booking) ? action.result : nil
        }
        let made = try results.successes().compactMap { $0 }
        try requireEqual(made.count, 1, "actions made")
        try requireEqual(
          try await subject.repository.storedStatus(subject.tenant, booking), made.first, "the status")
      }
    },
  ]

  static let listRules: [ContractRule<Self>] = [
    ContractRule("Bookings are listed by their status at that time, stored or not") { subject in
      let bookings = try await subject.bookOneOfEachStatus()
      // 2027-07-02: the confirmed day is over, the pending hold has run out, one was made a minute ago.
      let time = Fixtures.time(plus: 86_400_000 * 168)
      for (status, expected) in bookings {
        let found = try await subject.list(BookingQuery(status: status), at: time)
        try requireEqual(found.map(\.id), [expected], "bookings that are \(status.rawValue)")
      }
      try requireEqual(try await subject.list(at: time).count, bookings.count, "bookings of any status")
    },
    ContractRule("Bookings are listed from a first day to a last day, both included") { subject in
      for days in 0..<5 { try await subject.book(Fixtures.booking(on: Fixtures.date.advanced(byDays: days))) }
      for (from, to, expected) in [
        (1, 3, 3), (2, 2, 1), (nil, 1, 2), (3, nil, 2), (nil, nil, 5), (3, 1, 0), (5, nil, 0),
      ] as [(Int?, Int?, Int)] {
        let query = BookingQuery(
          from: from.map(Fixtures.date.advanced(byDays:)), to: to.map(Fixtures.date.advanced(byDays:)))
        let days = try await subject.list(query).map { $0.date.dayNumber - Fixtures.date.dayNumber }
        try requireEqual(days.count, expected, "bookings from \(from ?? 0) to \(to ?? 4)")
        try require(days.allSatisfy { (from ?? 0)...max(from ?? 0, to ?? 4) ~= $0 }, "days \(days) are listed")
        let pending = BookingQuery(status: .pending, from: query.from, to: query.to)
        try requireEqual(try await subject.list(pending).count, expected, "pending ones of them")
        let confirmed = BookingQuery(status: .confirmed, from: query.from, to: query.to)
        try requireEqual(try await subject.list(confirmed).count, 0, "confirmed ones of them")
      }
    },
    ContractRule("Bookings are listed by when they were confirmed, the first moment included and the last not") {
      subject in
      for days in 0..<3 {
        let booking = Fixtures.booking(on: Fixtures.date.advanced(byDays: days))
        try await subject.book(booking)
        let confirmed = booking.applying(.confirm, reason: nil, at: Fixtures.time(plus: 1000 * days))
        _ = try await subject.repository.replace(subject.tenant, confirmed, expected: .pending)
      }
      try await subject.book(Fixtures.booking(on: Fixtures.date.advanced(byDays: 9)))
      for (from, to, expected) in [
        (nil, nil, 4), (0, nil, 3), (1000, nil, 2), (0, 2000, 2), (nil, 1, 1), (2001, nil, 0),
      ]
        as [(Int?, Int?, Int)]
      {
        let query = BookingQuery(
          confirmedFrom: from.map { Fixtures.time(plus: $0) }, confirmedTo: to.map { Fixtures.time(plus: $0) })
        try requireEqual(try await subject.list(query).count, expected, "bookings confirmed from \(from ?? -1)")
      }
    },
    ContractRule("Bookings are listed by who booked, whatever the letter case of the address") { subject in
      for (days, email) in [(0, "ada@example.com"), (1, "bo@example.com"), (2, "ADA@example.com")] {
        try await subject.book(Fixtures.booking(on: Fixtures.date.advanced(byDays: days), email: email))
      }
      let customers = try await subject.repository.customers(subject.tenant, PageRequest())
      let ada = customers.first { $0.contact.email.lowercased() == "ada@example.com" }
      let query = BookingQuery(customer: try requireValue(ada, "the customer").id)
      let days = try await subject.list(query).map { $0.date.dayNumber - Fixtures.date.dayNumber }
      try requireEqual(days.sorted(), [0, 2], "the days")
      try requireEqual(try await subject.list(BookingQuery(customer: Fixtures.id())), [], "another's bookings")
    },
    ContractRule("Bookings come newest first, those of one moment by identifier; page by page too") { subject in
      var bookings = [0, 5, 3, 3, 3, 4, 1].map { Fixtures.booking(createdAt: Fixtures.time(plus: $0)) }
      for booking in bookings { try await subject.book(booking, capacity: 100) }
      let walked = try await walk(limit: 2, place: \.place) { page in
        guard page == 1 else { return }
        try await subject.book(Fixtures.booking(createdAt: Fixtures.time(plus: 9)), capacity: 100)
        let last = Fixtures.booking(createdAt: Fixtures.time(plus: -9))
        try await subject.book(last, capacity: 100)
        bookings.append(last)
      } _: {
        try await subject.list(BookingQuery(page: $0))
      }
      try requireEqual(walked.map(\.id), bookings.sorted { $0.place < $1.place }.map(\.id), "the bookings")
      try requireEqual(walked.first?.createdAt, Fixtures.time(plus: 5), "the newest before the walk began")
    },
  ]

  /// Bookings that on 2027-07-02 at 08:00 have one status each.
  private func bookOneOfEachStatus() async throws -> [BookingStatus: ID<Booking>] {
    let (tomorrow, recently) = (Fixtures.date.advanced(byDays: 2), Fixtures.time(plus: 86_400_000 * 168 - 60_000))
    let completed = try await repository.bookFirmly(tenant, Fixtures.booking())
    let expired = Fixtures.booking(on: tomorrow)
    try await book(expired)
    let cancelled = Fixtures.booking(on: tomorrow.advanced(byDays: 1))
    try await book(cancelled)
    _ = try await repository.perform(.cancel, tenant, cancelled)
    let confirmed = try await repository.bookFirmly(tenant, Fixtures.booking(on: Fixtures.date.advanced(byDays: 1)))
    let pending = Fixtures.booking(on: tomorrow.advanced(byDays: 2), createdAt: recently)
    try await book(pending)
    return [
      .completed: completed.id, .expired: expired.id, .cancelled: cancelled.id, .confirmed: confirmed.id,
      .pending: pending.id,
    ]
  }
}
