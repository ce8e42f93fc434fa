import PostgresClient

/// What a caller does over and over.
struct Workload: Sendable {
  enum Shape: String {
    /// One row found by its key.
    case one
    /// Twenty rows of about 600 bytes, each decoded into a value.
    case twenty
    /// A transaction that inserts a row: setting, insert, commit.
    case booking
  }

  let shape: Shape
  let lane: PostgresReadOptions.Lane
  let node: PostgresNode

  /// Runs it once. `number` says which row.
  func run(_ number: Int) async throws {
    switch shape {
    case .one:
      let rows = try await node.read(
        PostgresQuery(Self.one, [.int(number % 2000 + 1)]), setup: [], options: PostgresReadOptions(lane: lane))
      guard let row = rows.first, try Item(row).id == number % 2000 + 1 else { throw Wrong() }
    case .twenty:
      let first = number % 1900
      let rows = try await node.read(
        PostgresQuery(Self.twenty, [.int(first)]), setup: [], options: PostgresReadOptions(lane: lane))
      let items = try rows.map { try Item($0) }
      guard items.count == 20, items[0].id == first + 1 else { throw Wrong() }
    case .booking:
      _ = try await node.oneRoundTrip(
        [PostgresQuery(Self.booking, [.int(number % 2000 + 1)])],
        setup: [PostgresQuery(Self.tenant, ["t1"])])
    }
  }

  struct Wrong: Error {}

  static let one = PostgresStatement("SELECT id, slug, name, price, active, created, body FROM item WHERE id = $1")
  static let twenty = PostgresStatement(
    "SELECT id, slug, name, price, active, created, body FROM item WHERE id > $1 ORDER BY id LIMIT 20")
  static let booking = PostgresStatement(
    "INSERT INTO booking (item, tenant) VALUES ($1, current_setting('app.tenant_id'))")
  static let tenant = PostgresStatement("SELECT set_config('app.tenant_id', $1, true)")
}

/// A row as a program wants it.
struct Item {
  let id: Int
  let slug: String
  let name: String
  let price: Int
  let isActive: Bool
  let created: PostgresTimestamp
  let body: String

  init(_ row: PostgresRow) throws(PostgresError) {
    id = try row.decode(0)
    slug = try row.decode(1)
    name = try row.decode(2)
    price = try row.decode(3)
    isActive = try row.decode(4)
    created = try row.decode(5)
    body = try row.decode(6)
  }
}
