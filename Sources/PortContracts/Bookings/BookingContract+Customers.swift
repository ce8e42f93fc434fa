import BookingsDomain
import Kernel

extension BookingContract {
  static let customerRules: [ContractRule<Self>] = [
    ContractRule("Who books becomes a customer, with the time of the first booking") { subject in
      let booking = Fixtures.booking()
      let id: ID<Customer> = Fixtures.id()
      _ = try await subject.repository.book(
        subject.tenant, booking, customer: id, key: Fixtures.idempotencyKey(), answer: Fixtures.answer(to: booking),
        capacity: 1)
      let customer = Customer(id: id, contact: booking.customer, createdAt: Fixtures.time)
      try requireEqual(try await subject.customers(), [customer], "the customers")
    },
    ContractRule("An e-mail address is one customer's, letter case aside, with the contact last given") { subject in
      try await subject.book(Fixtures.booking())
      let first = try requireValue(try await subject.customers().first, "the customer")
      let contact = CustomerContact(name: "Ada L.", email: "ADA@Example.com", phone: "+44 20 7946 0000")
      let again = Booking(
        id: Fixtures.id(), date: Fixtures.date.advanced(byDays: 1), package: Fixtures.booking().package, addOns: [],
        venue: nil, customer: contact, currency: Fixtures.currency, notes: nil, createdAt: Fixtures.time(plus: 500),
        expiresAt: Fixtures.time(plus: 1000), accessToken: Digest(of: "token"))
      try await subject.book(again)
      let customer = Customer(id: first.id, contact: contact, createdAt: first.createdAt)
      try requireEqual(try await subject.customers(), [customer], "the customers")
    },
    ContractRule("A booking keeps the contact it was made with") { subject in
      let booking = Fixtures.booking()
      try await subject.book(booking)
      try await subject.book(Fixtures.booking(on: Fixtures.date.advanced(byDays: 1), email: "ADA@example.com"))
      try requireEqual(try await subject.find(booking)?.customer, booking.customer, "the contact")
    },
    ContractRule("Two tenants may have a customer of one address each") { subject in
      try await subject.book(Fixtures.booking())
      try await subject.repository.book(subject.other, Fixtures.booking(email: "Ada@example.com"))
      try requireEqual(try await subject.customers().map(\.contact.email), ["ada@example.com"], "the customers")
    },
    ContractRule("Of 20 first bookings at once from one address one customer comes") { subject in
      let results = await atOnce(20) { number in
        try await subject.book(Fixtures.booking(on: Fixtures.date.advanced(byDays: number)))
      }
      try requireEqual(try results.successes().count, 20, "bookings made")
      try requireEqual(try await subject.customers().count, 1, "customers")
    },
    ContractRule("Customers come newest first; page by page too") { subject in
      for number in [3, 0, 4, 1, 2] { try await subject.book(Self.booking(number)) }
      let walked = try await walk(limit: 2, place: \.place) { page in
        guard page == 1 else { return }
        try await subject.book(Self.booking(9))
        try await subject.book(Self.booking(-1))
      } _: {
        try await subject.repository.customers(subject.tenant, $0)
      }
      let numbers = walked.map { $0.createdAt.milliseconds - Fixtures.time.milliseconds }
      try requireEqual(numbers, [4, 3, 2, 1, 0, -1], "the customers")
    },
  ]

  private static func booking(_ number: Int) -> Booking {
    Fixtures.booking(
      on: Fixtures.date.advanced(byDays: number), createdAt: Fixtures.time(plus: number),
      email: "customer\(number)@example.com")
  }

  private func customers() async throws -> [Customer] { try await repository.customers(tenant, PageRequest()) }
}
