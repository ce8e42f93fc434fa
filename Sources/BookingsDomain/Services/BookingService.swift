import Caching
package import Kernel

/// Books dates, and leads bookings through their states.
package struct BookingService: Sendable {
  private let repository: any BookingRepositoryPort
  private let offers: any OfferPort
  private let availability: any AvailabilityPort
  private let clock: any WallClock
  private let newID: IDGenerator
  private let holdTime: Duration

  /// A service over a repository.
  /// - Parameter holdTime: how long a pending booking keeps its date.
  package init(
    repository: any BookingRepositoryPort, offers: any OfferPort, availability: any AvailabilityPort,
    clock: any WallClock, newID: IDGenerator, holdTime: Duration
  ) {
    self.repository = repository
    self.offers = offers
    self.availability = availability
    self.clock = clock
    self.newID = newID
    self.holdTime = holdTime
  }

  /// Books a date. A request that is sent again with its key gets its first answer again, whatever has changed since.
  ///
  /// Throws `validationFailed` for a date that is over for the tenant, what ``OfferPort`` throws, and what
  /// ``BookingRepositoryPort/book(_:_:customer:key:answer:capacity:)`` throws.
  package func book(
    _ tenant: TenantProfile, _ request: BookingRequest, key: IdempotencyKey
  ) async throws -> BookingReceipt {
    let now = clock.now()
    if let answer = try await repository.receipt(tenant.id, key, at: now) { return .replayed(answer) }
    let today = tenant.timeZone.date(at: now)
    guard request.date >= today else { throw DomainError.invalid("date", "The date is over.") }
    let offer = try await offers.offer(tenant, for: request)
    let token = newID.secret()
    let booking = Booking(
      id: newID(), date: request.date, package: offer.package, addOns: offer.addOns, venue: offer.venue,
      customer: request.customer, currency: offer.currency, notes: request.notes, createdAt: now,
      expiresAt: now.advanced(by: holdTime), accessToken: Digest(of: token))
    var answer = booking.view(at: now, today: today, for: .customer(token: token))
    answer.accessToken = token
    return try await store(tenant, booking, key: key, answer: answer)
  }

  private func store(
    _ tenant: TenantProfile, _ booking: Booking, key: IdempotencyKey, answer: Booking.View
  ) async throws -> BookingReceipt {
    try await availability.changing(tenant.id, [booking.date]) {
      let receipt = try await repository.book(
        tenant.id, booking, customer: newID(), key: key, answer: answer, capacity: tenant.dailyCapacity)
      if case .replayed = receipt { return .unchanged(receipt) }
      return .committed(receipt)
    }
  }

  /// The booking. Throws `notFound`, also for a storefront whose token is not that of the booking.
  package func find(_ tenant: TenantProfile, _ id: ID<Booking>, for caller: BookingCaller) async throws -> Booking.View
  {
    let now = clock.now()
    let booking = try await booking(tenant, id, for: caller)
    return booking.view(at: now, today: tenant.timeZone.date(at: now), for: caller)
  }

  /// Confirms or cancels a booking. Throws `notFound` as ``find(_:_:for:)`` does, and `bookingState` when its state does
  /// not allow it.
  package func perform(
    _ action: BookingAction, _ tenant: TenantProfile, _ id: ID<Booking>, reason: String?, for caller: BookingCaller
  ) async throws -> Booking.View {
    while true {
      try Task.checkCancellation()
      let booking = try await booking(tenant, id, for: caller)
      let now = clock.now()
      let today = tenant.timeZone.date(at: now)
      let status = booking.status(at: now, today: today)
      guard action.allowedFrom.contains(status) else {
        throw DomainError(.bookingState, "A booking that is \(status.rawValue) cannot be \(action.result.rawValue).")
      }
      let changed = booking.applying(action, reason: reason, at: now)
      let isDone = try await availability.changing(tenant.id, [booking.date]) {
        try await repository.replace(tenant.id, changed, expected: booking.storedStatus)
          ? .committed(true) : .unchanged(false)
      }
      if isDone { return changed.view(at: now, today: today, for: caller) }
    }
  }

  /// A page of bookings, newest first.
  package func list(_ tenant: TenantProfile, _ query: BookingQuery) async throws -> Page<Booking.View> {
    let now = clock.now()
    let today = tenant.timeZone.date(at: now)
    return Page(
      try await repository.list(tenant.id, query, at: now, today: today), limit: query.page.limit,
      list: Self.bookingList, place: \.place, view: { $0.view(at: now, today: today, for: .staff) })
  }

  /// A page of customers, newest first.
  package func customers(_ tenant: TenantProfile, _ page: PageRequest) async throws -> Page<Customer.View> {
    Page(
      try await repository.customers(tenant.id, page), limit: page.limit, list: Self.customerList, place: \.place,
      view: \.view)
  }

  /// What the cursors of the lists are bound to.
  package static let bookingList = "staff.bookings"
  package static let customerList = "staff.customers"

  /// Stores what time has done to bookings; to be called every few seconds. Returns how many dates came free.
  package func sweep() async throws -> Int {
    let released = try await repository.sweep(at: clock.now())
    for (tenant, dates) in Dictionary(grouping: released, by: \.tenant) {
      await availability.changed(tenant, dates.map(\.date))
    }
    return released.count
  }

  private func booking(_ tenant: TenantProfile, _ id: ID<Booking>, for caller: BookingCaller) async throws -> Booking {
    guard let booking = try await repository.find(tenant.id, id), caller.mayUse(booking) else {
      throw DomainError.notFound("booking")
    }
    return booking
  }
}
