package import Caching
import Kernel
package import Logging
package import RedisAdapter
import TokenAdapter

/// Everything that can be set from outside, read and checked at the start.
package struct Settings: Sendable {
  /// Which adapters are wired.
  package enum Preset: String, Sendable, CaseIterable {
    case mock
    case real
  }

  package enum LogFormat: String, Sendable, CaseIterable {
    case json
    case text
  }

  /// What settings are read for.
  package enum Purpose: Sendable {
    /// `tenantry serve`, with the preset that `ADAPTERS_PRESET` names.
    case serving
    /// A command that works on PostgreSQL, whatever `ADAPTERS_PRESET` says.
    case database
    /// A command that needs no server.
    case nothing
  }

  /// Where and how HTTP is served.
  package struct Server: Sendable {
    package var host: String
    package var port: Int
    /// Paths of the PEM files of certificate chain and key; nil serves plain HTTP.
    package var certificate: (chain: String, key: String)?
    /// Whether hits are answered on the event loop.
    package var hasHotPath: Bool
    package var allowedOrigins: Set<String>
    package var trustedProxies: Set<String>
  }

  /// What the cache keeps, and for how long.
  package struct Cache: Sendable {
    package var limits: CacheService.Limits
    package var shared: SharedTierOptions
    package var catalog: CachePolicy
    package var availability: CachePolicy
    package var tenancy: CachePolicy
    /// Whether a staff write also loads the new answers before it returns.
    package var writesThrough: Bool
    package var warmsOnStartup: Bool
    package var warmDeadline: Duration
  }

  /// Requests a minute; 0 for no such limit.
  package struct RateLimits: Sendable {
    package var isOn: Bool
    package var client: Int
    package var tenant: Int
    package var global: Int
  }

  package var preset: Preset
  /// Where the data is; nil when it is in memory.
  package var database: Database?
  /// Where the shared cache is; nil when there is none.
  package var redis: RedisStoresSettings?
  package var server: Server
  package var cache: Cache
  package var rateLimits: RateLimits
  package var holdTime: Duration
  /// Signs operators' tokens; nil when it is not set.
  package var operatorSecret: String?
  package var logLevel: Logger.Level
  package var logFormat: LogFormat

  /// Reads all settings, also those that the preset does not use; throws ``SettingError`` for the first that cannot be
  /// used.
  /// - Parameters:
  ///   - overrides: what the command line says, by variable.
  ///   - isTerminal: whether people read the log as it comes.
  package init(
    environment: [String: String], overrides: [String: String] = [:], isTerminal: Bool, for purpose: Purpose = .serving
  ) async throws {
    let reader = try SettingReader(environment: environment, overrides: overrides)
    let named = try reader.choice("ADAPTERS_PRESET", default: Preset.mock)
    let need: String?
    switch purpose {
    case .serving: (preset, need) = (named, named == .real ? "ADAPTERS_PRESET is real" : nil)
    case .database: (preset, need) = (.real, "this command works on PostgreSQL")
    case .nothing: (preset, need) = (.mock, nil)
    }
    let (database, redis) = (try Database(reader, need: need), try RedisStoresSettings(reader))
    self.database = preset == .real ? database : nil
    self.redis = preset == .real ? redis : nil
    try reader.checkMonitoring()
    server = try Server(reader)
    cache = try Cache(reader)
    rateLimits = try RateLimits(reader)
    operatorSecret = try reader.operatorSecret()
    holdTime = try reader.duration("BOOKING_HOLD_TTL", default: .seconds(900), in: .seconds(1) ... .seconds(2_592_000))
    // A command that ends says what went wrong itself, in one line.
    logLevel = try reader.choice("LOG_LEVEL", default: purpose == .serving ? .info : .error)
    logFormat = try reader.choice("LOG_FORMAT", default: isTerminal ? .text : .json)
  }
}

extension Settings.Cache {
  private enum WriteMode: String, CaseIterable {
    case invalidate
    case through
  }

  init(_ reader: SettingReader) throws {
    shared = SharedTierOptions()
    shared.localTimeToLive = try reader.duration("CACHE_LRU_TTL_MS", default: .seconds(60))
    shared.channel = "changes"
    limits = CacheService.Limits(
      entries: try reader.integer("CACHE_LRU_MAX_ITEMS", default: 100_000, in: 1...100_000_000),
      bytes: try reader.value("CACHE_LRU_MAX_BYTES", default: 256 << 20, takes: "bytes, such as 1048576 or 256MiB") {
        DurationText.parseBytes($0).flatMap { $0 > 0 ? $0 : nil }
      })
    if !(try reader.bool("CACHE_L1", default: true)) { limits.entries = 0 }
    let jitter = try reader.fraction("CACHE_TTL_JITTER", default: 0.1)
    let negative = try reader.duration("CACHE_NEGATIVE_TTL", default: .seconds(10))
    let threshold = try reader.integer("CACHE_COMPRESS_MIN_BYTES", default: 1024, in: 0...Int(Int32.max))
    let grace = try reader.duration("CACHE_STALE_GRACE", default: .seconds(3600))
    let policy = { (life: Duration) -> CachePolicy in
      var policy = CachePolicy(
        timeToLive: life, negativeTimeToLive: negative, jitter: jitter, staleGrace: grace,
        refreshThreshold: life / 10, compressionThreshold: threshold)
      // A database that is slow or away is not waited for longer where a value past its time is at hand.
      policy.softLoadLimit = .milliseconds(500)
      return policy
    }
    catalog = policy(try reader.duration("CACHE_CATALOG_TTL", default: .seconds(900)))
    availability = policy(try reader.duration("CACHE_AVAILABILITY_TTL", default: .seconds(30)))
    tenancy = policy(
      try reader.duration("CACHE_TTL", "CACHE_DEFAULT_TTL", "CACHE_DEFAULT_TTL_MS", default: .seconds(300)))
    writesThrough = try reader.choice("CACHE_WRITE_MODE", default: WriteMode.invalidate) == .through
    warmsOnStartup = try reader.bool("CACHE_WARM_ON_STARTUP", default: true)
    warmDeadline = try reader.duration("CACHE_WARM_DEADLINE", default: .seconds(10))
  }
}

extension Settings.RateLimits {
  init(_ reader: SettingReader) throws {
    isOn = try reader.bool("RATE_LIMIT", default: true)
    let quotas = 0...1_000_000_000
    client = try reader.integer("RATE_LIMIT_CLIENT_PER_MINUTE", default: 100, in: quotas)
    tenant = try reader.integer("RATE_LIMIT_TENANT_PER_MINUTE", default: 10_000, in: quotas)
    global = try reader.integer("RATE_LIMIT_GLOBAL_PER_MINUTE", default: 0, in: quotas)
  }

  /// The limiter these limits ask for; nil when they are off.
  /// - Parameter shared: where instances count together.
  func limiter(shared: SharedRateLimits? = nil, environment: CacheEnvironment) -> RateLimiter? {
    guard isOn else { return nil }
    return RateLimiter(
      clientQuota: client, tenantQuota: tenant, globalQuota: global, shared: shared, environment: environment)
  }
}

extension SettingReader {
  /// The secret of operators' tokens; one that is too short is refused without quoting it.
  fileprivate func operatorSecret() throws -> String? {
    guard let secret = text("JWT_SECRET") else { return nil }
    guard secret.utf8.count >= JWTOperatorTokens.minimumSecret else {
      throw SettingError("JWT_SECRET", got: nil, takes: "a secret of \(JWTOperatorTokens.minimumSecret) bytes or more")
    }
    return secret
  }

  /// One of an enumeration's cases, by its raw value.
  func choice<Value: RawRepresentable<String> & CaseIterable>(_ name: String, default standard: Value) throws -> Value {
    let cases = Value.allCases.map(\.rawValue).joined(separator: ", ")
    return try value(name, default: standard, takes: "one of \(cases)") { Value(rawValue: $0.lowercased()) }
  }
}
