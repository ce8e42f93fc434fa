/// What a session needs to connect.
struct ConnectionTarget: Sendable {
  let url: PostgresURL
  let connectsWithin: Duration
  /// How many statements a connection keeps prepared; 0 behind a pooler that gives each transaction another server.
  let preparedStatements: Int

  /// The same for sessions that only read. Said when connecting, not by SET: a pooler would hand what SET has set on to
  /// whoever has the server's connection next; this it takes or refuses.
  var readingOnly: Self {
    let options = [url.options["options"], "-c default_transaction_read_only=on"].compactMap(\.self)
    return Self(
      url: url.with("options", options.joined(separator: " ")), connectsWithin: connectsWithin,
      preparedStatements: preparedStatements)
  }

  /// Options for libpq with the defaults of this client.
  /// - Parameter addresses: numeric addresses of the host, or none where it is not a name.
  func parameters(addresses: [String]) -> [(String, String)] {
    var options = Self.defaults.merging(url.options) { $1 }
    if !addresses.isEmpty {
      // libpq would look a name up itself, and block. It wants as many hosts and ports as addresses.
      options["host"] = addresses.map { _ in url.host ?? "" }.joined(separator: ",")
      options["hostaddr"] = addresses.joined(separator: ",")
      if let port = url.options["port"] { options["port"] = addresses.map { _ in port }.joined(separator: ",") }
    }
    return options.sorted { $0.key < $1.key }
  }

  /// The host's name when it has to be looked up; nil for addresses, sockets in the file system and lists.
  var hostToResolve: String? {
    guard url.options["hostaddr"] == nil, let host = url.host, !host.isEmpty else { return nil }
    guard !host.hasPrefix("/"), !host.hasPrefix("@"), !host.contains(",") else { return nil }
    return AddressResolver.isNumeric(host) ? nil : host
  }

  private static let defaults = [
    "client_encoding": "UTF8",
    "gssencmode": "disable",
    "keepalives": "1",
    "keepalives_idle": "30",
    "keepalives_interval": "10",
    "keepalives_count": "3",
    "tcp_user_timeout": "30000",
  ]
}
