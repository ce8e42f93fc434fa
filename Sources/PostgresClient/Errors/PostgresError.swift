/// Why a call failed.
///
/// `description` is safe to log: it holds no parameter value and no password. ``message`` and ``detail`` come from the
/// server and may quote values; show them to whoever may see the data.
public struct PostgresError: Error, Sendable {
  public enum Code: Sendable, Hashable {
    /// The server refused the statement; ``PostgresError/sqlState`` says why.
    case server
    /// The deadline passed. The statement was cancelled, or its connection closed.
    case timedOut
    /// The connection was lost before anything was sent: safe to try again.
    case notSent
    /// The connection was lost after the statement was sent: it may have been executed.
    case maybeExecuted
    /// COMMIT was sent and its outcome is not known.
    case commitUnknown
    /// No connection became free within the acquisition deadline, or too many callers wait.
    case poolExhausted
    /// No connection could be made.
    case connectFailed
    /// No server is fit for the call, or its breaker is open.
    case unavailable
    /// A value is not what the caller asked for.
    case decoding
    /// A parameter or a text that cannot be sent.
    case invalidParameter
    /// Not a PostgreSQL URL.
    case invalidURL
    /// The call came after the client was shut down, or the transaction is over.
    case shutDown
    /// The server answered what the protocol does not allow here.
    case protocolViolation
  }

  public var code: Code
  /// The server's code, where the server spoke.
  public var sqlState: SQLState?
  /// One line. May quote values when the server wrote it.
  public var message: String
  /// The server's second line; quotes values. Not part of `description`.
  public var detail: String?
  public var hint: String?
  public var constraint: String?
  public var schema: String?
  public var table: String?
  public var column: String?
  /// The name of the statement that failed.
  public var statement: String?
  /// Whether the server ended the session with it.
  var isFatal = false

  public init(_ code: Code, _ message: String, sqlState: SQLState? = nil, statement: String? = nil) {
    self.code = code
    self.message = message
    self.sqlState = sqlState
    self.statement = statement
  }

  /// Whether the whole transaction may succeed when it is run again (40001, 40P01).
  public var isSerializationFailure: Bool {
    sqlState == .serializationFailure || sqlState == .deadlockDetected
  }
}

extension PostgresError: CustomStringConvertible {
  public var description: String {
    var text = "PostgresError.\(code)"
    if let sqlState { text += " \(sqlState)" }
    if let statement { text += " in \(statement)" }
    // Class 22 is "invalid value", whose messages quote the value.
    if sqlState?.errorClass != "22" { text += ": \(message)" }
    for (name, value) in [("constraint", constraint), ("table", table), ("column", column)] {
      if let value { text += " (\(name) \(value))" }
    }
    return text
  }
}
