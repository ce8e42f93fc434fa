import AvailabilityDomain
import BookingsDomain
import Kernel

extension BookingContract {
  static let keyRules: [ContractRule<Self>] = [
    ContractRule("A call that is sent again is answered again with the first answer, and stores nothing") { subject in
      let (booking, key) = (Fixtures.booking(), Fixtures.idempotencyKey())
      try await subject.book(booking, key: key)
      let again = Fixtures.booking(createdAt: Fixtures.time(plus: 5000), email: "other@example.com")
      let receipt = try await subject.book(again, key: key)
      try requireEqual(receipt, .replayed(Fixtures.answer(to: booking)), "the receipt")
      try requireEqual(try await subject.list().map(\.id), [booking.id], "the list")
      let customers = try await subject.repository.customers(subject.tenant, PageRequest()).map(\.contact)
      try requireEqual(customers, [booking.customer], "the customers")
    },
    ContractRule("A key answers again whatever has become of the booking and the date") { subject in
      let (booking, key) = (Fixtures.booking(), Fixtures.idempotencyKey())
      try await subject.book(booking, key: key)
      _ = try await subject.repository.perform(.cancel, subject.tenant, booking)
      _ = try await subject.blackouts.insert(
        subject.tenant, id: Fixtures.id(), Blackout.Fields(date: booking.date), at: Fixtures.time)
      let answer = Fixtures.answer(to: booking)
      try requireEqual(try await subject.book(Fixtures.booking(), key: key), .replayed(answer), "the receipt")
      try requireEqual(try await subject.receipt(key), answer, "the answer")
    },
    ContractRule("A key that was used for another request is refused with idempotencyMismatch") { subject in
      let (booking, key) = (Fixtures.booking(), Fixtures.idempotencyKey())
      try await subject.book(booking, key: key)
      let other = IdempotencyKey(text: key.text, fingerprint: Digest(of: "another request"))
      let next = Fixtures.booking(on: Fixtures.date.advanced(byDays: 1))
      try await requireRefusal(.idempotencyMismatch) { try await subject.book(next, key: other) }
      try await requireRefusal(.idempotencyMismatch) { try await subject.receipt(other) }
      try requireEqual(try await subject.find(next), nil, "the refused booking")
      try requireEqual(try await subject.receipt(key), Fixtures.answer(to: booking), "the answer")
    },
    ContractRule("A key has its answer from the booking until its lifetime is over") { subject in
      let (booking, key) = (Fixtures.booking(), Fixtures.idempotencyKey())
      try requireEqual(try await subject.receipt(key), nil, "the answer before")
      try await subject.book(booking, key: key)
      let (end, answer) = (Fixtures.time.advanced(by: IdempotencyKey.lifetime), Fixtures.answer(to: booking))
      for time in [Fixtures.time, end.advanced(by: .milliseconds(-1))] {
        try requireEqual(try await subject.receipt(key, at: time), answer, "the answer at \(time)")
      }
      try requireEqual(try await subject.receipt(key, at: end), nil, "the answer when its lifetime is over")
    },
    ContractRule("A key whose lifetime is over may be used for another request") { subject in
      let key = Fixtures.idempotencyKey()
      try await subject.book(Fixtures.booking(), key: key)
      let end = Fixtures.time.advanced(by: IdempotencyKey.lifetime)
      let next = Fixtures.booking(on: Fixtures.date.advanced(byDays: 1), createdAt: end)
      let other = IdempotencyKey(text: key.text, fingerprint: Digest(of: "another request"))
      let receipt = try await subject.book(next, key: other)
      try requireEqual(receipt, .created(Fixtures.answer(to: next)), "the receipt")
      try requireEqual(try await subject.receipt(other, at: end), Fixtures.answer(to: next), "the answer")
    },
    ContractRule("The key of a refused call is free, also for another request") { subject in
      try await subject.book(Fixtures.booking())
      let key = Fixtures.idempotencyKey()
      try await requireRefusal(.dateUnavailable) { try await subject.book(Fixtures.booking(), key: key) }
      let other = IdempotencyKey(text: key.text, fingerprint: Digest(of: "another request"))
      let next = Fixtures.booking(on: Fixtures.date.advanced(byDays: 1))
      let receipt = try await subject.book(next, key: other)
      try requireEqual(receipt, .created(Fixtures.answer(to: next)), "the receipt")
    },
    ContractRule("Another tenant's key of the same text is another key") { subject in
      let (mine, foreign, key) = (Fixtures.booking(), Fixtures.booking(), Fixtures.idempotencyKey())
      try await subject.book(mine, key: key)
      let other = IdempotencyKey(text: key.text, fingerprint: Digest(of: "another request"))
      let receipt = try await subject.repository.book(subject.other, foreign, key: other)
      try requireEqual(receipt, .created(Fixtures.answer(to: foreign)), "the receipt")
      try requireEqual(try await subject.receipt(key), Fixtures.answer(to: mine), "the answer")
    },
  ]

  static let keyRaceRules: [ContractRule<Self>] = [
    ContractRule("Of 50 calls at once with one key one is carried out, and the others tell of it") { subject in
      let key = Fixtures.idempotencyKey()
      let results = await atOnce(50) { _ in try await subject.book(Fixtures.booking(), key: key, capacity: 100) }
      let stored = try await subject.list()
      try requireEqual(stored.count, 1, "bookings stored")
      let answer = Fixtures.answer(to: stored[0])
      let receipts = try results.successes(elseRefusedWith: .idempotencyInFlight)
      try requireEqual(receipts.filter { $0 == .created(answer) }.count, 1, "calls carried out")
      try requireEqual(receipts.filter { $0 == .replayed(answer) }.count, receipts.count - 1, "calls answered again")
    },
    ContractRule("Of calls at once with one key for two requests only those of one are answered") { subject in
      let key = Fixtures.idempotencyKey()
      let other = IdempotencyKey(text: key.text, fingerprint: Digest(of: "another request"))
      let dates = [Fixtures.date, Fixtures.date.advanced(byDays: 1)]
      let results = await atOnce(40) { number in
        try await subject.book(Fixtures.booking(on: dates[number % 2]), key: number % 2 == 0 ? key : other)
      }
      let stored = try await subject.list()
      try requireEqual(stored.count, 1, "bookings stored")
      let answer = Fixtures.answer(to: stored[0])
      let receipts = try results.successes(elseRefusedWith: .idempotencyInFlight, .idempotencyMismatch)
      try requireEqual(receipts.filter { $0 == .created(answer) }.count, 1, "calls carried out")
      try requireEqual(receipts.filter { $0 == .replayed(answer) }.count, receipts.count - 1, "calls answered again")
      try require(receipts.count <= 20, "calls for both requests were answered")
    },
  ]

  private func receipt(_ key: IdempotencyKey, at time: Timestamp = Fixtures.time) async throws -> Booking.View? {
    try await repository.receipt(tenant, key, at: time)
  }
}
