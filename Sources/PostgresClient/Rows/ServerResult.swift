import CLibPQ

/// One result as libpq holds it; the event loop frees it after this object.
///
/// Sound to share: a PGresult is not changed after the event loop handed it out, and all that is called on it here are
/// libpq's accessors, which only read; the deinitialiser runs when no reader is left.
final class ServerResult: @unchecked Sendable {
  let pointer: OpaquePointer
  let rowCount: Int32
  let columnCount: Int32
  /// Whether values are in binary form; a result never mixes forms.
  let isBinary: Bool
  /// The name of the statement, for errors.
  let statement: String?
  private let bin: ResultBin

  /// Takes over `pointer`.
  init(owning pointer: OpaquePointer, statement: String?, returnedTo bin: ResultBin) {
    self.pointer = pointer
    self.statement = statement
    self.bin = bin
    rowCount = PQntuples(pointer)
    columnCount = PQnfields(pointer)
    isBinary = PQbinaryTuples(pointer) == 1
  }

  deinit { bin.put(pointer) }

  /// What the server did and to how many rows: "SELECT 3", "COMMIT".
  var commandTag: String { PQcmdStatus(pointer).map { String(cString: $0) } ?? "" }

  /// Rows that the statement wrote or returned; 0 for statements that touch none.
  var affected: Int { PQcmdTuples(pointer).flatMap { Int(String(cString: $0)) } ?? 0 }
}

extension PostgresError {
  /// The error that a result reports.
  init(_ result: OpaquePointer, statement: String?) {
    func field(_ code: Character) -> String? {
      PQresultErrorField(result, Int32(code.asciiValue ?? 0)).map { String(cString: $0) }
    }
    self.init(
      .server, field("M") ?? PQresultErrorMessage(result).map { String(cString: $0) } ?? "",
      sqlState: field("C").map { SQLState($0) }, statement: statement)
    detail = field("D")
    hint = field("H")
    schema = field("s")
    table = field("t")
    column = field("c")
    constraint = field("n")
    isFatal = ["FATAL", "PANIC"].contains(field("V"))
  }
}
