/// The five-character code of a server's error (PostgreSQL documentation, appendix A).
public struct SQLState: Hashable, Sendable, ExpressibleByStringLiteral, CustomStringConvertible {
  public let description: String

  public init(_ code: String) { description = code }
  public init(stringLiteral code: String) { self.init(code) }

  /// The first two characters, which say what kind of error it is.
  public var errorClass: Substring { description.prefix(2) }

  public static let notNullViolation: SQLState = "23502"
  public static let foreignKeyViolation: SQLState = "23503"
  public static let uniqueViolation: SQLState = "23505"
  public static let checkViolation: SQLState = "23514"
  public static let exclusionViolation: SQLState = "23P01"
  public static let readOnlyTransaction: SQLState = "25006"
  public static let failedTransaction: SQLState = "25P02"
  public static let unknownPreparedStatement: SQLState = "26000"
  public static let serializationFailure: SQLState = "40001"
  public static let deadlockDetected: SQLState = "40P01"
  public static let insufficientPrivilege: SQLState = "42501"
  public static let tooManyConnections: SQLState = "53300"
  public static let lockNotAvailable: SQLState = "55P03"
  public static let queryCancelled: SQLState = "57014"
  public static let adminShutdown: SQLState = "57P01"
  public static let crashShutdown: SQLState = "57P02"
  public static let cannotConnectNow: SQLState = "57P03"
  static let featureNotSupported: SQLState = "0A000"
}
