import NIOSSL
import RedisAdapter
import RedisClient

/// Where the named stores are. A cluster goes before sentinels, those before URLs, and a URL before a host.
extension RedisStoresSettings {
  /// nil when no address is set at all.
  init?(_ reader: SettingReader) throws {
    let tls = try RedisTLS(reader)
    let account = try Account(reader)
    if try reader.bool("REDIS_CLUSTER", default: false) {
      let nodes = try reader.nodes("REDIS_CLUSTER_NODES", defaultPort: 6379) ?? account.url.map { [$0.endpoint] }
      guard let nodes else {
        throw SettingError("REDIS_CLUSTER_NODES", got: "", takes: "host:port,… since REDIS_CLUSTER is on")
      }
      self.init(
        cache: RedisStoreSettings(.cluster(nodes), credentials: account.credentials, tls: account.usesTLS ? tls : nil))
    } else if let sentinels = try Self.sentinels(reader) {
      func store(_ name: String?, default standard: String) throws -> RedisStoreSettings {
        let master = name.flatMap { reader.text($0) } ?? standard
        let password = reader.text("REDIS_SENTINEL_PASSWORD").map { RedisCredentials(password: $0) }
        return RedisStoreSettings(
          .sentinel(RedisSentinels(sentinels, masterName: master, credentials: password)),
          credentials: account.credentials, database: account.url?.database ?? 0, tls: account.usesTLS ? tls : nil)
      }
      let name = reader.text("REDIS_SENTINEL_NAME") ?? "mymaster"
      self.init(
        cache: try store(nil, default: name), session: try store("REDIS_SESSION_SENTINEL_NAME", default: name),
        realtime: try store("REDIS_REALTIME_SENTINEL_NAME", default: name))
    } else {
      func store(_ name: String) throws -> RedisStoreSettings? {
        if var url = try reader.redisURL(name) {
          url.usesTLS = url.usesTLS || account.usesTLS
          return RedisStoreSettings(url, tls: tls)
        }
        return try account.standalone(reader, tls)
      }
      let stores = (
        try store("REDIS_CACHE_URL"), try store("REDIS_SESSION_URL"), try store("REDIS_REALTIME_URL")
      )
      guard let first = stores.0 ?? stores.1 ?? stores.2 else { return nil }
      self.init(cache: stores.0 ?? first, session: stores.1 ?? first, realtime: stores.2 ?? first)
    }
    prefix = reader.text("CACHE_KEY_PREFIX") ?? "tenantry"
    guard prefix.wholeMatch(of: /[A-Za-z0-9._-]{1,64}/) != nil else {
      throw SettingError("CACHE_KEY_PREFIX", got: prefix, takes: "1 to 64 letters, digits, dots, dashes, underscores")
    }
    readFrom = try reader.choice("REDIS_READ_FROM", default: ReadFrom.master) == .replica ? .replica : .master
    connectsLazily = try reader.bool("REDIS_LAZY_CONNECT", default: false)
    connectTimeout = try reader.duration("REDIS_CONNECT_TIMEOUT_MS", default: .seconds(10))
    commandTimeout = try reader.duration("REDIS_COMMAND_TIMEOUT_MS", default: .seconds(5))
    reconnectInterval = try reader.duration("REDIS_RECONNECT_INTERVAL_MS", default: .seconds(5))
    maxRetriesPerRequest = try reader.integer("REDIS_MAX_RETRIES_PER_REQUEST", default: 3, in: 0...100)
  }

  private enum ReadFrom: String, CaseIterable {
    case master
    case replica
  }

  private static func sentinels(_ reader: SettingReader) throws -> [RedisEndpoint]? {
    guard try reader.bool("REDIS_USE_SENTINEL", default: true) else { return nil }
    return try reader.nodes("REDIS_SENTINELS", "REDIS_SENTINEL_HOSTS", defaultPort: 26379)
  }

  /// Who the client is, and where a single server is.
  private struct Account {
    let url: RedisURL?
    let credentials: RedisCredentials?
    let usesTLS: Bool

    init(_ reader: SettingReader) throws {
      url = try reader.redisURL("REDIS_URL")
      let password = reader.text("REDIS_PASSWORD")
      let own = password.map { RedisCredentials(username: reader.text("REDIS_USERNAME"), password: $0) }
      credentials = url?.credentials ?? own
      // What asks for TLS is never sent in the clear.
      let isWanted = try reader.bool("REDIS_TLS", default: false)
      usesTLS = isWanted || url?.usesTLS == true
    }

    func standalone(_ reader: SettingReader, _ tls: RedisTLS) throws -> RedisStoreSettings? {
      let endpoint: RedisEndpoint
      if let url {
        endpoint = url.endpoint
      } else if let host = reader.text("REDIS_HOST") {
        endpoint = RedisEndpoint(host: host, port: try reader.integer("REDIS_PORT", default: 6379, in: 1...65_535))
      } else {
        return nil
      }
      return RedisStoreSettings(
        .standalone(endpoint), credentials: credentials, database: url?.database ?? 0, tls: usesTLS ? tls : nil)
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
    do {
      return try RedisURL(text)
    } catch {
      throw SettingError(name, got: nil, takes: "redis://[user:password@]host[:port][/database]: \(error.rawValue)")
    }
  }

  fileprivate func nodes(_ names: String..., defaultPort: Int) throws -> [RedisEndpoint]? {
    for name in names {
      guard let text = text(name) else { continue }
      guard let nodes = NodeList.parse(text, defaultPort: defaultPort) else {
        throw SettingError(
          name, got: text, takes: "host:port,host:port or [{\"host\": \"…\", \"port\": \(defaultPort)}]")
      }
      return nodes
    }
    return nil
  }
}
