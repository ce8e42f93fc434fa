import PostgresClient

/// Reads the columns of one row from left to right, as the statement lists them.
struct ColumnReader {
  private let row: PostgresRow
  private var column: Int

  init(_ row: PostgresRow, from column: Int = 0) {
    self.row = row
    self.column = column
  }

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
