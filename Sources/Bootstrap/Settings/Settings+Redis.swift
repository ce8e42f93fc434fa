import NIOSSL
import RedisAdapter
import RedisClient

/// Where the named stores are. A cluster goes before sentinels, those before URLs, and a URL before a host that is set in
/// the same place.
extension RedisStoresSettings {
  /// nil when no address is set at all. What is set is checked either way.
  init?(_ reader: SettingReader) throws {
    let prefix = try reader.value(
      "CACHE_KEY_PREFIX", default: "tenantry", takes: "1 to 64 letters, digits, dots, dashes, underscores"
    ) { $0.wholeMatch(of: /[A-Za-z0-9._-]{1,64}/) != nil ? $0 : nil }
    let readFrom = try reader.choice("REDIS_READ_FROM", default: ReadFrom.master)
    let connectsLazily = try reader.bool("REDIS_LAZY_CONNECT", default: false)
    let connectTimeout = try reader.duration("REDIS_CONNECT_TIMEOUT_MS", default: .seconds(10))
    let commandTimeout = try reader.duration("REDIS_COMMAND_TIMEOUT_MS", default: .seconds(5))
    let reconnectInterval = try reader.duration("REDIS_RECONNECT_INTERVAL_MS", default: .seconds(5))
    let maxRetriesPerRequest = try reader.integer("REDIS_MAX_RETRIES_PER_REQUEST", default: 3, in: 0...100)
    guard let stores = try Self.stores(reader) else { return nil }
    self = stores
    self.prefix = prefix
    self.readFrom = readFrom == .replica ? .replica : .master
    self.connectsLazily = connectsLazily
    self.connectTimeout = connectTimeout
    self.commandTimeout = commandTimeout
    self.reconnectInterval = reconnectInterval
    self.maxRetriesPerRequest = maxRetriesPerRequest
  }

  private enum ReadFrom: String, CaseIterable {
    case master
    case replica
  }

  /// The stores by their addresses, all of which are read, whichever go before the others.
  private static func stores(_ reader: SettingReader) throws -> Self? {
    let tls = try RedisTLS(reader)
    let account = try Account(reader)
    let nodes = try reader.nodes("REDIS_CLUSTER_NODES", defaultPort: 6379)
    let sentinels = try reader.nodes("REDIS_SENTINELS", "REDIS_SENTINEL_HOSTS", defaultPort: 26379)
    let usesSentinels = try reader.bool("REDIS_USE_SENTINEL", default: true)
    func store(_ name: String) throws -> RedisStoreSettings? {
      guard var url = try reader.redisURL(name) else { return account.standalone(tls) }
      url.usesTLS = url.usesTLS || account.usesTLS
      return RedisStoreSettings(url, tls: tls)
    }
    let stores = (try store("REDIS_CACHE_URL"), try store("REDIS_SESSION_URL"), try store("REDIS_REALTIME_URL"))
    if try reader.bool("REDIS_CLUSTER", default: false) {
      guard let nodes = nodes ?? account.url.map({ [$0.endpoint] }) else {
        throw SettingError("REDIS_CLUSTER_NODES", got: "", takes: "host:port,… since REDIS_CLUSTER is on")
      }
      return Self(
        cache: RedisStoreSettings(.cluster(nodes), credentials: account.credentials, tls: account.usesTLS ? tls : nil))
    }
    if usesSentinels, let sentinels {
      func store(_ name: String?, default standard: String) -> RedisStoreSettings {
        let master = name.flatMap { reader.text($0) } ?? standard
        let password = reader.text("REDIS_SENTINEL_PASSWORD").map { RedisCredentials(password: $0) }
        return RedisStoreSettings(
          .sentinel(RedisSentinels(sentinels, masterName: master, credentials: password)),
          credentials: account.credentials, database: account.url?.database ?? 0, tls: account.usesTLS ? tls : nil)
      }
      let name = reader.text("REDIS_SENTINEL_NAME") ?? "mymaster"
      return Self(
        cache: store(nil, default: name), session: store("REDIS_SESSION_SENTINEL_NAME", default: name),
        realtime: store("REDIS_REALTIME_SENTINEL_NAME", default: name))
    }
    guard let first = stores.0 ?? stores.1 ?? stores.2 else { return nil }
    return Self(cache: stores.0 ?? first, session: stores.1 ?? first, realtime: stores.2 ?? first)
  }

  /// Who the client is, and where a single server is.
  private struct Account {
    /// nil where a host goes before it.
    let url: RedisURL?
    let endpoint: RedisEndpoint?
    let credentials: RedisCredentials?
    let usesTLS: Bool

    init(_ reader: SettingReader) throws {
      let (url, host) = (try reader.redisURL("REDIS_URL"), try reader.host("REDIS_HOST"))
      let port = try reader.port("REDIS_PORT", default: 6379)
      self.url = reader.name(of: "REDIS_URL", "REDIS_HOST") == "REDIS_URL" ? url : nil
      endpoint = self.url?.endpoint ?? host.map { RedisEndpoint(host: $0, port: port) }
      let password = reader.text("REDIS_PASSWORD")
      let own = password.map { RedisCredentials(username: reader.text("REDIS_USERNAME"), password: $0) }
      credentials = self.url?.credentials ?? own
      // What asks for TLS is never sent in the clear.
      let isWanted = try reader.bool("REDIS_TLS", default: false)
      usesTLS = isWanted || self.url?.usesTLS == true
    }

    func standalone(_ tls: RedisTLS) -> RedisStoreSettings? {
      endpoint.map { endpoint in
        RedisStoreSettings(
          .standalone(endpoint), credentials: credentials, database: url?.database ?? 0, tls: usesTLS ? tls : nil)
      }
    }
  }
}

extension RedisTLS {
  fileprivate init(_ reader: SettingReader) throws {
    let file = reader.text("REDIS_TLS_CA_FILE")
    // Whatever is wrong with the file, the setting is refused by name.
    if let file, (try? NIOSSLCertificate.fromPEMFile(file))?.isEmpty != false {
      throw SettingError("REDIS_TLS_CA_FILE", got: file, takes: "a readable file of certificates in PEM form")
    }
    self.init(
      verifiesCertificate: try reader.bool("REDIS_TLS_REJECT_UNAUTHORIZED", default: true),
      certificateAuthorityFile: file)
  }
}

extension SettingReader {
  /// A URL; one that cannot be read is refused without quoting it, since it may hold a password.
  fileprivate func redisURL(_ name: String) throws -> RedisURL? {
    guard let text = text(name) else { return nil }
    let takes = "redis://[user:password@]host[:port][/database]"
    let url: RedisURL
    do { url = try RedisURL(text) } catch {
      throw SettingError(name, got: nil, takes: "\(takes): \(error.rawValue)")
    }
    guard HostName.isWellFormed(url.endpoint.host) else {
      throw SettingError(name, got: nil, takes: "\(takes): its host is neither a name nor an IP address")
    }
    return url
  }

  /// The servers of a list; one that cannot be read is refused without quoting it, since it may hold a password.
  fileprivate func nodes(_ names: String..., defaultPort: Int) throws -> [RedisEndpoint]? {
    guard let (name, text) = first(names) else { return nil }
    guard let nodes = NodeList.parse(text, defaultPort: defaultPort) else {
      throw SettingError(
        name, got: nil, takes: "host:port,host:port or [{\"host\": \"…\", \"port\": \(defaultPort)}]")
    }
    return nodes
  }
}
