import BookingsDomain
import Caching
import HTTPTypes
import Hummingbird
import Kernel
import TenancyDomain

/// Booking a date, and what becomes of it.
struct BookingRoutes {
  let bookings: BookingService

  func add(to routes: Routes) {
    routes.add(.createBooking, create)
    routes.add(.getBooking) { call in
      let caller = try Self.caller(call)
      let booking = try await bookings.find(try call.tenant.profile, try Self.id(call), for: caller)
      return try JSONAnswer.response(booking)
    }
    routes.add(.cancelBooking) { try await perform(.cancel, $0) }
    routes.add(.confirmBooking) { try await perform(.confirm, $0) }
    routes.add(.listBookings) { call in
      let query = call.query
      let statuses = BookingStatus.allCases.map(\.rawValue).joined(separator: ", ")
      let (from, to) = (try query.date("from"), try query.date("to"))
      if let from, let to, to < from { throw DomainError.malformed("to", "must not be before from") }
      let bookings = try await bookings.list(
        try call.tenant.profile,
        BookingQuery(
          status: try query.parsed("status", "one of \(statuses)") { BookingStatus(rawValue: $0) },
          from: from, to: to, page: try query.page(of: BookingService.bookingList)))
      return try JSONAnswer.response(bookings)
    }
    routes.add(.listCustomers) { call in
      let page = try call.query.page(of: BookingService.customerList)
      return try JSONAnswer.response(try await bookings.customers(try call.tenant.profile, page))
    }
  }

  private func create(_ call: Call) async throws -> Response {
    let key = try Self.idempotencyKey(call.headers)
    let request = try BookingRequest(body: try await call.members())
    let fingerprint = Digest(of: String(buffer: try CacheCodec.encode(request)))
    let receipt = try await bookings.book(
      try call.tenant.profile, request, key: IdempotencyKey(text: key, fingerprint: fingerprint))
    var headers = HTTPFields()
    let booking: Booking.View
    switch receipt {
    case .created(let view): booking = view
    case .replayed(let view):
      booking = view
      headers[.idempotencyReplayed] = "true"
    }
    headers[.location] = "/api/v1/bookings/\(booking.id)"
    return try JSONAnswer.response(booking, status: .created, headers: headers)
  }

  private func perform(_ action: BookingAction, _ call: Call) async throws -> Response {
    let caller = try Self.caller(call)
    let id = try Self.id(call)
    let reason = try BookingNote(body: try await call.members(mayBeAbsent: true)).reason
    return try JSONAnswer.response(
      try await bookings.perform(action, try call.tenant.profile, id, reason: reason, for: caller))
  }

  /// Staff see every booking; a storefront must show the token.
  private static func caller(_ call: Call) throws -> BookingCaller {
    if call.holder?.key.kind == .secret { return .staff }
    guard let token = call.headers[.bookingToken] else {
      throw DomainError(.bookingTokenRequired, "A publishable key needs the booking's token in X-Booking-Token.")
    }
    return .customer(token: token)
  }

  /// What is no identifier names no booking.
  private static func id(_ call: Call) throws -> ID<Booking> {
    guard let id = UniqueID(try call.path("id")) else { throw DomainError.notFound("booking") }
    return ID(id)
  }

  /// The key without quotes. Throws `idempotencyKeyRequired` and `malformedRequest`.
  private static func idempotencyKey(_ headers: HTTPFields) throws -> String {
    guard let field = headers[.idempotencyKey] else {
      throw DomainError(.idempotencyKeyRequired, "Booking needs an Idempotency-Key, so that it can be sent again.")
    }
    let isQuoted = field.count >= 2 && field.hasPrefix("\"") && field.hasSuffix("\"")
    let key = isQuoted ? String(field.dropFirst().dropLast()) : field
    guard (1...255).contains(key.utf8.count), key.utf8.allSatisfy({ (0x20...0x7E).contains($0) }) else {
      throw DomainError.malformed("Idempotency-Key", "must have 1 to 255 printable ASCII characters")
    }
    return key
  }
}
