import CLibPQ

/// The rows of a statement, as they came from the server; decoded when they are read.
public struct PostgresRows: Sendable, RandomAccessCollection {
  let result: ServerResult

  public var startIndex: Int { 0 }
  public var endIndex: Int { Int(result.rowCount) }

  public subscript(position: Int) -> PostgresRow {
    precondition(position >= 0 && position < endIndex, "no such row")
    return PostgresRow(result: result, index: Int32(truncatingIfNeeded: position))
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
  let result: ServerResult
  let index: Int32

  /// How many columns the row has.
  public var count: Int { Int(result.columnCount) }

  /// Whether the value is NULL.
  public func isNull(_ column: Int) -> Bool {
    precondition(column >= 0 && column < count, "no such column")
    return PQgetisnull(result.pointer, index, Int32(truncatingIfNeeded: column)) == 1
  }

  /// A value.
  /// - Throws: ``PostgresError/Code/decoding`` when the value is NULL or of another type.
  public func decode<Value: PostgresDecodable>(_ column: Int, as type: Value.Type = Value.self) throws(PostgresError)
    -> Value
  {
    guard let cell = try cell(column) else {
      throw decodingError(column, "NULL where \(Value.self) is expected")
    }
    return try decode(cell, column)
  }

  /// A value, or nil for NULL.
  /// - Throws: ``PostgresError/Code/decoding`` when the value is of another type.
  public func decodeIfPresent<Value: PostgresDecodable>(_ column: Int, as type: Value.Type = Value.self)
    throws(PostgresError) -> Value?
  {
    guard let cell = try cell(column) else { return nil }
    return try decode(cell, column)
  }

  private func decode<Value: PostgresDecodable>(_ cell: PostgresCell, _ column: Int) throws(PostgresError) -> Value {
    do throws(PostgresError) {
      return try Value(from: cell)
    } catch {
      throw decodingError(column, error.message)
    }
  }

  /// The bytes of a value, or nil for NULL.
  func cell(_ column: Int) throws(PostgresError) -> PostgresCell? {
    guard column >= 0, column < count else {
      throw PostgresError(.decoding, "no column \(column): the row has \(count)", statement: result.statement)
    }
    let number = Int32(truncatingIfNeeded: column)
    let length = Int(PQgetlength(result.pointer, index, number))
    if length == 0, PQgetisnull(result.pointer, index, number) == 1 { return nil }
    return PostgresCell(
      result: result,
      bytes: UnsafeRawBufferPointer(start: PQgetvalue(result.pointer, index, number), count: length),
      type: PQftype(result.pointer, number), isBinary: result.isBinary)
  }

  private func decodingError(_ column: Int, _ message: String) -> PostgresError {
    let name = PQfname(result.pointer, Int32(truncatingIfNeeded: column)).map { String(cString: $0) } ?? "?"
    return PostgresError(.decoding, "column \(column) (\(name)): \(message)", statement: result.statement)
  }
}
