import Foundation
package import PostgresClient

extension Settings {
  /// Where the data is.
  package struct Database: Sendable {
    /// Every server, as the application signs in. The first is the primary by its setting; which one is primary in truth is
    /// for the servers to say.
    package var servers: [PostgresServerAddress]
    /// The names of the regions, by their numbers in ``servers``.
    package var regions: [String]
    /// The primary, as the schema's owner signs in; nil for the same servers and the same user.
    package var admin: PostgresURL?
    package var router: PostgresRouterSettings
    package var queryLog: PostgresQueryLog.Settings
    /// How often a transaction is run again that failed without having changed anything.
    package var retries: Int
  }
}

extension Settings.Database {
  /// nil when there is no primary.
  /// - Parameter need: why there must be one; without one it then throws ``SettingError``.
  init?(_ reader: SettingReader, need: String?) throws {
    let (url, host) = (try reader.postgresURL("DATABASE_URL"), try reader.postgresHost("DB_PRIMARY_HOST"))
    let primary = reader.name(of: "DATABASE_URL", "DB_PRIMARY_HOST") == "DATABASE_URL" ? url : host
    regions = ["primary"]
    servers = primary.map { [PostgresServerAddress($0)] } ?? []
    for text in reader.list("DATABASE_REPLICA_URLS") {
      servers.append(try Self.replica("DATABASE_REPLICA_URLS", text, region: 0))
    }
    servers += try reader.postgresHosts("DB_REPLICA_", region: 0)
    for region in try reader.fallbackRegions() {
      regions.append(region.name)
      let number = regions.count - 1
      servers.append(
        PostgresServerAddress(
          try SettingReader.postgresURL("DATABASE_FALLBACK_REGIONS", region.primary), region: number))
      for replica in region.replicas ?? [] {
        servers.append(try Self.replica("DATABASE_FALLBACK_REGIONS", replica, region: number))
      }
    }
    if let secondary = try reader.postgresHost("DB_SECONDARY_HOST") {
      regions.append("secondary")
      let number = regions.count - 1
      servers.append(PostgresServerAddress(secondary, region: number))
      servers += try reader.postgresHosts("DB_SECONDARY_REPLICA_", region: number)
    }
    admin = try reader.postgresURL("DATABASE_ADMIN_URL")
    router = try PostgresRouterSettings(reader)
    retries = router.pool.connectAttempts - 1
    queryLog = PostgresQueryLog.Settings()
    queryLog.threshold = try reader.duration("DATABASE_SLOW_QUERY", default: .milliseconds(100))
    guard primary == nil else { return }
    guard let need else { return nil }
    throw SettingError("DATABASE_URL", got: "", takes: "postgres://user:password@host:port/database, since \(need)")
  }

  /// The same servers as the schema's owner signs in, so that his work follows the primary too.
  var owners: [PostgresServerAddress] {
    guard let admin else { return servers }
    let others = servers.dropFirst().map { server in
      PostgresServerAddress(server.url.signedIn(as: admin), weight: server.weight, region: server.region)
    }
    return [PostgresServerAddress(admin)] + others
  }

  /// A replica's URL, `#weight=3` behind it where it is to take three times its share of the reads.
  private static func replica(_ name: String, _ text: String, region: Int) throws -> PostgresServerAddress {
    let parts = text.split(separator: "#", maxSplits: 1)
    var weight = 1.0
    if parts.count == 2 {
      guard parts[1].hasPrefix("weight="), let number = Double(parts[1].dropFirst(7)), number > 0, number <= 1000 else {
        throw SettingError(name, got: nil, takes: "#weight= and a number up to 1000 behind a URL")
      }
      weight = number
    }
    return PostgresServerAddress(
      try SettingReader.postgresURL(name, String(parts.first ?? "")), weight: weight, region: region)
  }
}

extension PostgresRouterSettings {
  fileprivate init(_ reader: SettingReader) throws {
    self.init()
    pool.maximum = try reader.integer("DATABASE_POOL_MAX", default: 20, in: 1...10_000)
    pool.minimum = try reader.integer("DATABASE_POOL_MIN", default: min(2, pool.maximum), in: 0...pool.maximum)
    let some = Duration.milliseconds(1) ... .seconds(31_536_000)
    pool.idleTimeout = try reader.duration("DATABASE_POOL_IDLE_TIMEOUT", default: .seconds(30))
    pool.connectTimeout = try reader.duration("DATABASE_POOL_CONNECT_TIMEOUT", default: .seconds(5), in: some)
    pool.acquisitionDeadline = pool.connectTimeout
    pool.statementDeadline = try reader.duration("DATABASE_POOL_STATEMENT_TIMEOUT", default: .seconds(30), in: some)
    pool.maximumLifetime = try reader.duration("DATABASE_POOL_MAX_LIFETIME", default: .seconds(3600), in: some)
    pool.connectAttempts = 1 + (try reader.integer("DATABASE_MAX_RETRIES", default: 3, in: 0...100))
    pool.connectRetryDelay = try reader.duration("DATABASE_RETRY_DELAY_MS", default: .seconds(1))
    pool.usesPreparedStatements = try reader.bool("DATABASE_PREPARED", default: true)
    healthInterval = try reader.duration(
      "DATABASE_HEALTH_INTERVAL", default: .seconds(10), in: .milliseconds(100) ... .seconds(3600))
    healthDeadline = min(healthDeadline, healthInterval * 2)
    lagThreshold = try reader.duration("DATABASE_REPLICA_LAG_THRESHOLD", default: .seconds(5))
    cpuThreshold = Double(try reader.integer("DATABASE_CPU_THRESHOLD", default: 80, in: 1...100))
    breaker.failureRatio = try reader.value(
      "BREAKER_FAILURE_RATIO", default: 0.5, takes: "a number above 0 and up to 1"
    ) { Double($0).flatMap { $0 > 0 && $0 <= 1 ? $0 : nil } }
    breaker.window = try reader.duration("BREAKER_WINDOW", default: .seconds(60), in: some)
    breaker.opensFor = try reader.duration("BREAKER_OPEN_FOR", default: .seconds(30))
  }
}

extension SettingReader {
  fileprivate struct Region: Decodable {
    let name: String
    let primary: String
    let replicas: [String]?
  }

  /// A URL; one that cannot be read is refused without quoting it, since it may hold a password.
  fileprivate func postgresURL(_ name: String) throws -> PostgresURL? {
    try text(name).map { try Self.postgresURL(name, $0) }
  }

  fileprivate static func postgresURL(_ name: String, _ text: String) throws -> PostgresURL {
    // libpq would look at it only when it connects.
    for match in text.matches(of: /[?&]sslmode=([^&]*)/) where !sslModes.contains(String(match.1)) {
      throw SettingError(name, got: nil, takes: "one of \(sslModes.joined(separator: ", ")) as sslmode")
    }
    do {
      return try PostgresURL(text)
    } catch {
      throw SettingError(name, got: nil, takes: "postgres://user:password@host:port/database?sslmode=…")
    }
  }

  private static let sslModes = ["disable", "allow", "prefer", "require", "verify-ca", "verify-full"]

  /// A server named by its host alone, or by the folder of its socket; what it shares with the others stands in `DB_PORT` and
  /// the like.
  fileprivate func postgresHost(_ name: String) throws -> PostgresURL? {
    let port = try port("DB_PORT", default: 5432)
    let folder = text(name).flatMap { $0.hasPrefix("/") ? $0 : nil }
    guard let host = try folder ?? host(name) else { return nil }
    return PostgresURL(
      host: host, port: port, database: text("DB_NAME"), user: text("DB_USER"), password: text("DB_PASSWORD"))
  }

  /// Servers numbered from 1: `<prefix>1_HOST`, `<prefix>2_HOST`, until one is missing.
  fileprivate func postgresHosts(_ prefix: String, region: Int) throws -> [PostgresServerAddress] {
    var servers: [PostgresServerAddress] = []
    while let url = try postgresHost("\(prefix)\(servers.count + 1)_HOST") {
      servers.append(PostgresServerAddress(url, region: region))
    }
    return servers
  }

  fileprivate func fallbackRegions() throws -> [Region] {
    guard let text = text("DATABASE_FALLBACK_REGIONS") else { return [] }
    do {
      return try JSONDecoder().decode([Region].self, from: Data(text.utf8))
    } catch {
      throw SettingError(
        "DATABASE_FALLBACK_REGIONS", got: nil,
        takes: #"JSON [{"name": "…", "primary": "postgres://…", "replicas": []}]"#)
    }
  }
}
