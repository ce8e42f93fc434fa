import CLibPQ

/// Where a server is and how to sign in: `postgres://user:password@host:port/database?sslmode=verify-full`.
///
/// Takes what libpq takes, all its options included. Its description leaves out the password.
public struct PostgresURL: Sendable, Hashable {
  /// libpq's keywords and values, as the URL gives them.
  private(set) var options: [String: String]

  /// - Throws: ``PostgresError/Code/invalidURL``, without the text, which may hold a password.
  public init(_ text: String) throws(PostgresError) {
    guard text.hasPrefix("postgres://") || text.hasPrefix("postgresql://") else {
      throw PostgresError(.invalidURL, "a PostgreSQL URL begins with postgres://")
    }
    var complaint: UnsafeMutablePointer<CChar>?
    guard let parsed = PQconninfoParse(text, &complaint) else {
      // libpq's complaint quotes the URL.
      PQfreemem(complaint)
      throw PostgresError(.invalidURL, "not postgres://user:password@host:port/database?option=value")
    }
    defer { PQconninfoFree(parsed) }
    options = [:]
    var option = parsed
    while let keyword = option.pointee.keyword {
      if let value = option.pointee.val { options[String(cString: keyword)] = String(cString: value) }
      option += 1
    }
    // libpq would look at it only when it connects.
    guard (options["port"] ?? "0").split(separator: ",").allSatisfy({ UInt16($0) != nil }) else {
      throw PostgresError(.invalidURL, "the port is not a number from 0 to 65535")
    }
  }

  /// From its parts; nil takes libpq's default.
  public init(
    host: String, port: Int? = nil, database: String? = nil, user: String? = nil, password: String? = nil,
    options: [String: String] = [:]
  ) {
    self.options = options
    self.options["host"] = host
    self.options["port"] = port.map { String($0) }
    self.options["dbname"] = database
    self.options["user"] = user
    self.options["password"] = password
  }

  public var host: String? { options["host"] }
  public var port: Int? { options["port"].flatMap { Int($0) } }
  public var database: String? { options["dbname"] }
  public var user: String? { options["user"] }

  /// The same server and database, signed in as another URL does.
  public func signedIn(as other: Self) -> Self {
    var copy = self
    for option in ["user", "password", "passfile", "sslcert", "sslkey", "sslpassword"] {
      copy.options[option] = other.options[option]
    }
    return copy
  }

  /// The same with one of libpq's options set.
  public func with(_ option: String, _ value: String) -> Self {
    var copy = self
    copy.options[option] = value
    return copy
  }
}

extension PostgresURL: CustomStringConvertible, CustomReflectable {
  /// Host, port and database: nothing secret.
  public var description: String { "\(host ?? "localhost"):\(options["port"] ?? "5432")/\(database ?? "")" }
  public var customMirror: Mirror { Mirror(self, children: ["address": description]) }
}
