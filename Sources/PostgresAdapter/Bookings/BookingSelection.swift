import BookingsDomain
import Kernel
import PostgresClient

/// The statement for a list of bookings, newest first.
struct BookingSelection {
  let query: PostgresQuery

  /// The statement for `query`. Throws `malformedRequest` for a place of another list.
  init(_ tenant: TenantID, _ query: BookingQuery, at time: Timestamp, today: CalendarDate) throws(DomainError) {
    var parameters = Parameters(tenant)
    var shared = ["tenant_id = $1"]
    if let from = query.from { shared.append("date >= \(parameters.add(.day(from)))") }
    if let to = query.to { shared.append("date <= \(parameters.add(.day(to)))") }
    if let from = query.confirmedFrom { shared.append("confirmed_at >= \(parameters.add(.time(from)))") }
    if let to = query.confirmedTo { shared.append("confirmed_at < \(parameters.add(.time(to)))") }
    if let customer = query.customer { shared.append("customer_id = \(parameters.add(.id(customer)))") }
    let keyset = Keyset(.init("created_at", .negativeTime), .init("id", .id))
    if let place = query.page.after { shared.append(try keyset.condition(after: place, &parameters)) }
    let stored = Self.conditions(query.status, at: time, today: today, &parameters)
    let order = "ORDER BY \(keyset.orderBy) LIMIT \(parameters.add(.int(query.page.limit + 1)))"
    let branches = stored.map { condition in
      """
      SELECT \(Booking.columns) FROM bookings
      WHERE \((shared + [condition].compactMap(\.self)).joined(separator: " AND ")) \(order)
      """
    }
    // One index finds the bookings of one stored status in order; those of two are merged.
    let sql =
      branches.count == 1
      ? branches[0]
      : "SELECT * FROM (\(branches.map { "(\($0))" }.joined(separator: " UNION ALL "))) AS both_of_them \(order)"
    self.query = PostgresQuery(PostgresStatement(sql, name: "bookings.list"), parameters.values)
  }

  /// What is stored of bookings that have a status at `time`: one or two conditions that exclude each other, nil for
  /// "any".
  private static func conditions(
    _ status: BookingStatus?, at time: Timestamp, today: CalendarDate, _ parameters: inout Parameters
  ) -> [String?] {
    switch status {
    case nil: return [nil]
    case .pending: return ["status = 'PENDING' AND expires_at > \(parameters.add(.time(time)))"]
    case .expired: return ["status = 'EXPIRED'", "status = 'PENDING' AND expires_at <= \(parameters.add(.time(time)))"]
    case .confirmed: return ["status = 'CONFIRMED' AND date >= \(parameters.add(.day(today)))"]
    case .completed: return ["status = 'COMPLETED'", "status = 'CONFIRMED' AND date < \(parameters.add(.day(today)))"]
    case .cancelled: return ["status = 'CANCELLED'"]
    }
  }
}
