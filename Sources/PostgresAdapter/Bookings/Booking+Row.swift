package import BookingsDomain
import Foundation
import Kernel
package import PostgresClient

extension Booking {
  /// What ``init(_:)`` reads.
  static let columns = """
    id, status, date, package_slug, package_title, package_price_cents, add_ons, venue_id, venue_name, venue_city, \
    customer_name, customer_email, customer_phone, currency, notes, created_at, confirmed_at, cancelled_at, expires_at, \
    reason, access_token
    """

  /// Reads ``columns``.
  init(_ row: PostgresRow) throws {
    var columns = ColumnReader(row)
    let id: ID<Booking> = try columns.next()
    let status: BookingStatus = try columns.next()
    let date: CalendarDate = try columns.next()
    let package = Item(slug: try columns.next(), title: try columns.next(), priceCents: try columns.next())
    let addOns = try JSONText.decode([Item].self, from: try columns.next())
    let venue: UniqueID? = try columns.nextIfPresent()
    let (venueName, venueCity): (String?, String?) = (try columns.nextIfPresent(), try columns.nextIfPresent())
    let customer = CustomerContact(
      name: try columns.next(), email: try columns.next(), phone: try columns.nextIfPresent())
    self.init(
      id: id, storedStatus: status, date: date, package: package, addOns: addOns,
      venue: venue.map { Place(id: $0, name: venueName ?? "", city: venueCity ?? "") }, customer: customer,
      currency: try columns.next(), notes: try columns.nextIfPresent(), createdAt: try columns.next(),
      confirmedAt: try columns.nextIfPresent(), cancelledAt: try columns.nextIfPresent(),
      expiresAt: try columns.next(), reason: try columns.nextIfPresent(), accessToken: try columns.next())
  }
}

extension BookingStatus: PostgresDecodable {
  package init(from cell: PostgresCell) throws(PostgresError) {
    guard let status = Self(rawValue: try String(from: cell)) else { throw cell.mismatch("status of a booking") }
    self = status
  }
}

/// JSON as it is kept in columns.
enum JSONText {
  static func encode(_ value: some Encodable) throws -> String {
    String(decoding: try JSONEncoder().encode(value), as: UTF8.self)
  }

  static func decode<Value: Decodable>(_ type: Value.Type, from text: String) throws -> Value {
    try JSONDecoder().decode(type, from: Data(text.utf8))
  }
}
