/// Where a server listens.
public struct RedisEndpoint: Sendable, Hashable, CustomStringConvertible {
  /// A name or an address; IPv6 without brackets.
  public let host: String
  public let port: Int

  /// A server at this host and port.
  public init(host: String, port: Int = 6379) {
    self.host = host
    self.port = port
  }

  public var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}

/// Who the client says it is. Prints as nothing but the user's name.
public struct RedisCredentials: Sendable, Hashable, CustomStringConvertible, CustomReflectable {
  /// An ACL user; nil for the default user.
  public let username: String?
  let password: String

  /// A user with a password.
  public init(username: String? = nil, password: String) {
    self.username = username
    self.password = password
  }

  public var description: String { "credentials of \(username ?? "default")" }
  public var customMirror: Mirror { Mirror(self, children: ["username": username ?? "default"]) }

  var command: RedisCommand {
    RedisCommand("AUTH", (username.map { [.string($0)] } ?? []) + [.string(password)], effect: .idempotent)
  }
}

/// How TLS is done.
public struct RedisTLS: Sendable, Hashable {
  /// Whether the server's certificate and name are checked.
  public var verifiesCertificate: Bool
  /// PEM file of the authorities to trust; nil for the system's.
  public var certificateAuthorityFile: String?
  /// PEM files of the client's own certificate and key, when the server asks for them.
  public var certificateFile: String?
  public var keyFile: String?
  /// The name to check, when it is not the host.
  public var serverName: String?

  /// TLS with verification against the system's authorities, unless said otherwise.
  public init(
    verifiesCertificate: Bool = true, certificateAuthorityFile: String? = nil, certificateFile: String? = nil,
    keyFile: String? = nil, serverName: String? = nil
  ) {
    self.verifiesCertificate = verifiesCertificate
    self.certificateAuthorityFile = certificateAuthorityFile
    self.certificateFile = certificateFile
    self.keyFile = keyFile
    self.serverName = serverName
  }
}
