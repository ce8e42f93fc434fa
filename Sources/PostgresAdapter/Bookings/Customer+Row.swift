import BookingsDomain
import Kernel
import PostgresClient

extension Customer {
  /// What ``init(_:)`` reads.
  static let columns = "id, name, email, phone, created_at"

  /// Reads ``columns``.
  init(_ row: PostgresRow) throws(PostgresError) {
    var columns = ColumnReader(row)
    let id: ID<Customer> = try columns.next()
    let contact = CustomerContact(
      name: try columns.next(), email: try columns.next(), phone: try columns.nextIfPresent())
    self.init(id: id, contact: contact, createdAt: try columns.next())
  }
}
