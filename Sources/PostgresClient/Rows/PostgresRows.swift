import CLibPQ

/// The rows of a statement, as they came from the server; decoded when they are read.
public struct PostgresRows: Sendable, RandomAccessCollection {
  let result: ServerResult
  /// The name of the statement, for errors.
  let statement: String?

  public var startIndex: Int { 0 }
  public var endIndex: Int { Int(result.rowCount) }

  public subscript(position: Int) -> PostgresRow {
    precondition(position >= 0 && position < endIndex, "no such row")
    return PostgresRow(rows: self, index: Int32(truncatingIfNeeded: position))
  }

  /// How many rows the statement wrote or returned; 0 for statements that touch none.
  public var affected: Int { result.affected }

  /// What the server says it did: "INSERT 0 1", "SELECT 3".
  public var commandTag: String { result.commandTag }

  /// The names of the columns.
  public var columns: [String] {
    (0..<result.columnCount).map { PQfname(result.pointer, $0).map { String(cString: $0) } ?? "" }
  }
}

/// One row.
public struct PostgresRow: Sendable {
  let rows: PostgresRows
  let index: Int32

  /// How many columns the row has.
  public var count: Int { Int(rows.result.columnCount) }

  /// Whether the value is NULL.
  public func isNull(_ column: Int) -> Bool {
    precondition(column >= 0 && column < count, "no such column")
    return PQgetisnull(rows.result.pointer, index, Int32(truncatingIfNeeded: column)) == 1
  }

  /// A value.
  /// - Throws: ``PostgresError/Code/decoding`` when the value is NULL or of another type.
  public func decode<Value: PostgresDecodable>(_ column: Int, as type: Value.Type = Value.self) throws(PostgresError)
    -> Value
  {
    guard let value = try decodeIfPresent(column, as: type) else {
      throw decodingError(column, "NULL where \(Value.self) is expected")
    }
    return value
  }

  /// A value, or nil for NULL.
  /// - Throws: ``PostgresError/Code/decoding`` when the value is of another type.
  public func decodeIfPresent<Value: PostgresDecodable>(_ column: Int, as type: Value.Type = Value.self)
    throws(PostgresError) -> Value?
  {
    guard let cell = try cell(column) else { return nil }
    do throws(PostgresError) {
      return try Value(from: cell)
    } catch {
      throw decodingError(column, error.message)
    }
  }

  /// The bytes of a value, or nil for NULL.
  func cell(_ column: Int) throws(PostgresError) -> PostgresCell? {
    let pointer = rows.result.pointer
    guard column >= 0, column < count else {
      throw PostgresError(.decoding, "no column \(column): the row has \(count)", statement: rows.statement)
    }
    let number = Int32(truncatingIfNeeded: column)
    if PQgetisnull(pointer, index, number) == 1 { return nil }
    return PostgresCell(
      result: rows.result,
      bytes: UnsafeRawBufferPointer(
        start: PQgetvalue(pointer, index, number), count: Int(PQgetlength(pointer, index, number))),
      type: PQftype(pointer, number), isBinary: PQfformat(pointer, number) == 1)
  }

  private func decodingError(_ column: Int, _ message: String) -> PostgresError {
    let name = PQfname(rows.result.pointer, Int32(truncatingIfNeeded: column)).map { String(cString: $0) } ?? "?"
    return PostgresError(.decoding, "column \(column) (\(name)): \(message)", statement: rows.statement)
  }
}
