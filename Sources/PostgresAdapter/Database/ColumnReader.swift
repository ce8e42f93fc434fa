import PostgresClient

/// Reads the columns of one row from left to right, as the statement lists them.
struct ColumnReader {
  private let row: PostgresRow
  private var column = 0

  init(_ row: PostgresRow) { self.row = row }

  /// The next column, which is not NULL.
  mutating func next<Value: PostgresDecodable>(_ type: Value.Type = Value.self) throws(PostgresError) -> Value {
    defer { column += 1 }
    return try row.decode(column, as: type)
  }

  /// The next column, or nil for NULL.
  mutating func nextIfPresent<Value: PostgresDecodable>(
    _ type: Value.Type = Value.self
  ) throws(PostgresError) -> Value? {
    defer { column += 1 }
    return try row.decodeIfPresent(column, as: type)
  }

  /// Passes over the next column.
  mutating func skip() { column += 1 }
}
