/// The text of one SQL statement, with `$1`, `$2`, … for its parameters.
public struct PostgresStatement: Hashable, Sendable, ExpressibleByStringLiteral {
  public let sql: String
  /// What errors and the slow-query log call it; nil leaves it nameless.
  public let name: String?
  /// Whether connections keep it prepared, found again by its text. Say false for texts made on the fly.
  public let isPrepared: Bool
  /// Of the text, made once: connections look for it at each use.
  private let textHash: Int

  public init(_ sql: String, name: String? = nil, isPrepared: Bool = true) {
    self.sql = sql
    self.name = name
    self.isPrepared = isPrepared
    textHash = sql.hashValue
  }

  public init(stringLiteral sql: String) { self.init(sql) }

  public static func == (left: Self, right: Self) -> Bool {
    left.textHash == right.textHash && left.sql == right.sql
  }

  public func hash(into hasher: inout Hasher) { hasher.combine(textHash) }
}

/// A statement and the values of its parameters.
public struct PostgresQuery: Sendable {
  public let statement: PostgresStatement
  public let parameters: [PostgresValue]

  public init(_ statement: PostgresStatement, _ parameters: [PostgresValue] = []) {
    self.statement = statement
    self.parameters = parameters
  }
}
