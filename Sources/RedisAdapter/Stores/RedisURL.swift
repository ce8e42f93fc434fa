import Kernel
package import RedisClient

/// `redis://[[user]:password@]host[:port][/database]`, or `rediss://` for TLS. User and password may be
/// percent-encoded.
package struct RedisURL: Sendable, Hashable {
  /// What is wrong with a URL. Says nothing of its text, which may hold a password.
  package enum Flaw: String, Error, Sendable {
    case scheme = "it must begin with redis:// or rediss://"
    case credentials = "its user or password is not percent-encoded as it should be"
    case host = "it has no host"
    case port = "its port is not a number from 1 to 65535"
    case database = "what follows the host must be the number of a database"
  }

  /// Where the server listens; port 6379 where the URL has none.
  package var endpoint: RedisEndpoint
  /// Nil where the URL has no password.
  package var credentials: RedisCredentials?
  /// The database to select; 0 where the URL has none.
  package var database: Int
  /// Whether the scheme is `rediss`.
  package var usesTLS: Bool

  /// Reads a URL.
  package init(_ text: String) throws(Flaw) {
    let schemes = [("redis://", false), ("rediss://", true)]
    guard let (scheme, usesTLS) = schemes.first(where: { text.lowercased().hasPrefix($0.0) }) else { throw .scheme }
    self.usesTLS = usesTLS
    var rest = text.dropFirst(scheme.count)
    credentials = nil
    if let at = rest.lastIndex(of: "@") {
      credentials = try Self.credentials(rest[..<at])
      rest = rest[rest.index(after: at)...]
    }
    let slash = rest.firstIndex(of: "/") ?? rest.endIndex
    endpoint = try Self.endpoint(String(rest[..<slash]))
    let path = rest[slash...].drop { $0 == "/" }
    guard let database = path.isEmpty ? 0 : Self.number(path, in: 0...65_535) else { throw .database }
    self.database = database
  }

  /// Reads `host`, `host:port`, `[IPv6]` or `[IPv6]:port`.
  package static func endpoint(_ text: String) throws(Flaw) -> RedisEndpoint {
    var host = text[...]
    var port: Substring = "6379"
    if text.first == "[", let bracket = text.firstIndex(of: "]") {
      host = text[..<bracket].dropFirst()
      let behind = text[bracket...].dropFirst()
      guard behind.isEmpty || behind.first == ":" else { throw .port }
      if !behind.isEmpty { port = behind.dropFirst() }
    } else if let colon = text.lastIndex(of: ":") {
      host = text[..<colon]
      port = text[colon...].dropFirst()
    }
    guard !host.isEmpty else { throw .host }
    guard let number = number(port, in: 1...65_535) else { throw .port }
    return RedisEndpoint(host: String(host), port: number)
  }

  private static func number(_ text: Substring, in range: ClosedRange<Int>) -> Int? {
    guard text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }), let number = Int(text),
      range.contains(number)
    else { return nil }
    return number
  }

  private static func credentials(_ text: Substring) throws(Flaw) -> RedisCredentials? {
    guard !text.isEmpty else { return nil }
    let colon = text.firstIndex(of: ":")
    guard let user = decoded(text[..<(colon ?? text.endIndex)]),
      let password = decoded(colon.map { text[text.index(after: $0)...] } ?? "")
    else { throw .credentials }
    // Some write redis://password@host; a user without a password is no use.
    guard colon != nil else { return RedisCredentials(password: user) }
    return RedisCredentials(username: user.isEmpty ? nil : user, password: password)
  }

  /// RFC 3986, section 2.1; nil for a percent sign without two digits and for what is not UTF-8.
  private static func decoded(_ text: Substring) -> String? {
    var bytes: [UInt8] = []
    var rest = text.utf8[...]
    while let byte = rest.popFirst() {
      guard byte == UInt8(ascii: "%") else {
        bytes.append(byte)
        continue
      }
      guard let high = rest.popFirst().flatMap(Hexadecimal.value), let low = rest.popFirst().flatMap(Hexadecimal.value)
      else { return nil }
      bytes.append(high << 4 | low)
    }
    return String(validating: bytes, as: UTF8.self)
  }
}
