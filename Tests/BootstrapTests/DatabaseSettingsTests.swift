import Foundation
import PostgresClient
import Testing

@testable import Bootstrap

@Suite("Settings of the database")
struct DatabaseSettingsTests {
  private func database(_ environment: [String: String]) async throws -> Settings.Database {
    var all = ["ADAPTERS_PRESET": "real", "DATABASE_URL": "postgres://app:secret@db.example:5433/shop"]
    all.merge(environment) { $1 }
    return try #require(try await Settings(environment: all, isTerminal: false).database)
  }

  @Test("Without any but an address, the defaults are those of the contract")
  func defaults() async throws {
    let database = try await database([:])
    let (router, pool) = (database.router, database.router.pool)
    #expect(database.servers.map { "\($0.url)" } == ["db.example:5433/shop"])
    #expect(database.owners.map { "\($0.url)" } == ["db.example:5433/shop"])
    #expect(pool.minimum == 2 && pool.maximum == 20)
    #expect(pool.idleTimeout == .seconds(30) && pool.connectTimeout == .seconds(5))
    #expect(pool.statementDeadline == .seconds(30) && pool.maximumLifetime == .seconds(3600))
    #expect(pool.connectAttempts == 4 && pool.connectRetryDelay == .seconds(1) && pool.usesPreparedStatements)
    #expect(router.healthInterval == .seconds(10) && router.lagThreshold == .seconds(5))
    #expect(router.breaker.failureRatio == 0.5 && router.breaker.window == .seconds(60))
    #expect(router.breaker.opensFor == .seconds(30) && router.cpuThreshold == 80)
    #expect(database.queryLog.threshold == .milliseconds(100))
  }

  @Test("Every number is taken as it is set")
  func numbers() async throws {
    let database = try await database([
      "DATABASE_POOL_MIN": "1", "DATABASE_POOL_MAX": "7", "DATABASE_POOL_IDLE_TIMEOUT": "2m",
      "DATABASE_POOL_CONNECT_TIMEOUT": "750ms", "DATABASE_POOL_STATEMENT_TIMEOUT": "9",
      "DATABASE_POOL_MAX_LIFETIME": "1h", "DATABASE_HEALTH_INTERVAL": "1s", "DATABASE_REPLICA_LAG_THRESHOLD": "3s",
      "DATABASE_SLOW_QUERY": "20ms", "DATABASE_MAX_RETRIES": "5", "DATABASE_RETRY_DELAY_MS": "40",
      "BREAKER_FAILURE_RATIO": "0.25", "BREAKER_WINDOW": "10s", "BREAKER_OPEN_FOR": "2s",
      "DATABASE_CPU_THRESHOLD": "60", "DATABASE_PREPARED": "off",
    ])
    let (router, pool) = (database.router, database.router.pool)
    #expect(pool.minimum == 1 && pool.maximum == 7)
    #expect(pool.idleTimeout == .seconds(120) && pool.connectTimeout == .milliseconds(750))
    #expect(pool.acquisitionDeadline == .milliseconds(750))
    #expect(pool.statementDeadline == .seconds(9) && pool.maximumLifetime == .seconds(3600))
    #expect(
      database.retries == 5 && pool.connectAttempts == 6 && pool.connectRetryDelay == .milliseconds(40)
        && !pool.usesPreparedStatements)
    #expect(router.healthInterval == .seconds(1) && router.lagThreshold == .seconds(3))
    #expect(router.breaker.failureRatio == 0.25 && router.breaker.window == .seconds(10))
    #expect(router.breaker.opensFor == .seconds(2) && router.cpuThreshold == 60)
    #expect(database.queryLog.threshold == .milliseconds(20))
  }

  @Test("Replicas have weights, and fallback regions their own servers, in order")
  func servers() async throws {
    let database = try await database([
      "DATABASE_REPLICA_URLS": "postgres://app@r1:1/shop#weight=3, postgres://app@r2:2/shop?sslmode=require",
      "DATABASE_FALLBACK_REGIONS": """
      [{"name": "west", "primary": "postgres://app@w:3/shop", "replicas": ["postgres://app@wr:4/shop#weight=0.5"]},
       {"name": "north", "primary": "postgres://app@n:5/shop"}]
      """,
      "DATABASE_ADMIN_URL": "postgres://owner:deep@direct:6/shop",
    ])
    #expect(
      database.servers.map { "\($0.url) \($0.region) \($0.weight)" } == [
        "db.example:5433/shop 0 1.0", "r1:1/shop 0 3.0", "r2:2/shop 0 1.0", "w:3/shop 1 1.0", "wr:4/shop 1 0.5",
        "n:5/shop 2 1.0",
      ])
    #expect(database.regions == ["primary", "west", "north"])
    // The owner's work follows the primary to wherever it goes.
    #expect(
      database.owners.map { "\($0.url)" } == [
        "direct:6/shop", "r1:1/shop", "r2:2/shop", "w:3/shop", "wr:4/shop", "n:5/shop",
      ])
    #expect(database.owners.allSatisfy { $0.url.user == "owner" })
  }

  @Test("In a JSON file regions may be written as what they are, or as a text")
  func file() async throws {
    let regions = #"[{"name": "west", "primary": "postgres://app@w:3/shop", "replicas": ["postgres://app@wr:4/shop"]}]"#
    let quoted = String(decoding: try JSONEncoder().encode(regions), as: UTF8.self)
    for written in [regions, quoted] {
      let file = FileManager.default.temporaryDirectory.appending(path: "settings-\(UUID().uuidString).json")
      try Data(#"{"DATABASE_FALLBACK_REGIONS": \#(written), "DATABASE_REPLICA_URLS": []}"#.utf8).write(to: file)
      defer { try? FileManager.default.removeItem(at: file) }
      let database = try await database(["TENANTRY_CONFIG": file.path])
      #expect(database.servers.map { "\($0.url)" } == ["db.example:5433/shop", "w:3/shop", "wr:4/shop"])
    }
  }

  @Test("Hosts serve instead of URLs")
  func hosts() async throws {
    let database = try await database([
      "DATABASE_URL": "", "DB_PRIMARY_HOST": "p", "DB_PORT": "6432", "DB_NAME": "shop", "DB_USER": "app",
      "DB_PASSWORD": "secret", "DB_REPLICA_1_HOST": "r1", "DB_REPLICA_2_HOST": "r2", "DB_REPLICA_4_HOST": "skipped",
      "DB_SECONDARY_HOST": "s", "DB_SECONDARY_REPLICA_1_HOST": "sr",
    ])
    #expect(
      database.servers.map { "\($0.url) \($0.region)" } == [
        "p:6432/shop 0", "r1:6432/shop 0", "r2:6432/shop 0", "s:6432/shop 1", "sr:6432/shop 1",
      ])
    #expect(database.servers.allSatisfy { $0.url.user == "app" })
  }

  @Test(
    "What cannot be used is refused by the name of its variable, and no password is repeated",
    arguments: [
      ("DATABASE_URL", "mysql://app:hunter2@h/d"), ("DATABASE_URL", "postgres://app:hunter2@h:port/d"),
      ("DATABASE_ADMIN_URL", "hunter2"), ("DATABASE_REPLICA_URLS", "postgres://a:hunter2@r/d,hunter2"),
      ("DATABASE_REPLICA_URLS", "postgres://a:hunter2@r/d#weight=-1"),
      ("DATABASE_REPLICA_URLS", "postgres://a:hunter2@r/d#hunter2"),
      ("DATABASE_FALLBACK_REGIONS", "hunter2"), ("DATABASE_FALLBACK_REGIONS", #"[{"name": "hunter2"}]"#),
      ("DATABASE_FALLBACK_REGIONS", #"[{"name": "w", "primary": "hunter2"}]"#),
      ("DATABASE_FALLBACK_REGIONS", #"[{"name":"w","primary":"postgres://a@h/d","replicas":["hunter2"]}]"#),
      ("DATABASE_FALLBACK_REGIONS", #"[{"name":"w","primary":"postgres://a@h/d","replicas":["postgres://h/d#x"]}]"#),
      ("DATABASE_URL", "postgres://app:hunter2@h/d?sslmode=banana"),
      ("DATABASE_REPLICA_URLS", "postgres://a:hunter2@r/d?application_name=x&sslmode=on"),
      ("DB_PRIMARY_HOST", "postgres://app:hunter2@p"), ("DB_REPLICA_1_HOST", "hunter2@p"),
      ("DB_SECONDARY_HOST", "p/hunter2"), ("DB_PORT", "tcp://h:hunter2@p"),
      ("DATABASE_PREPARED", "maybe"), ("DATABASE_POOL_MIN", "21"), ("DATABASE_POOL_MAX", "0"),
      ("DATABASE_POOL_IDLE_TIMEOUT", "soon"), ("DATABASE_POOL_CONNECT_TIMEOUT", "0"),
      ("DATABASE_POOL_STATEMENT_TIMEOUT", "0s"), ("DATABASE_POOL_MAX_LIFETIME", "-1"),
      ("DATABASE_HEALTH_INTERVAL", "0"), ("DATABASE_REPLICA_LAG_THRESHOLD", "x"), ("DATABASE_SLOW_QUERY", "fast"),
      ("DATABASE_MAX_RETRIES", "-1"), ("DATABASE_RETRY_DELAY_MS", "1d"), ("DATABASE_CPU_THRESHOLD", "101"),
      ("BREAKER_FAILURE_RATIO", "2"), ("BREAKER_FAILURE_RATIO", "0"), ("BREAKER_WINDOW", "0"),
      ("BREAKER_OPEN_FOR", "long"),
    ])
  func refusals(_ name: String, _ value: String) async throws {
    let error = await #expect(throws: SettingError.self) { _ = try await database([name: value]) }
    let text = "\(try #require(error))"
    #expect(text.hasPrefix(name + " "), "\(text)")
    #expect(!text.contains("hunter2") && !text.contains("secret") && !text.contains("\n"), "\(text)")
  }

  @Test("A port or a host that is set beside a host's name is refused by its own name")
  func hostRefusals() async throws {
    let error = await #expect(throws: SettingError.self) {
      _ = try await database(["DATABASE_URL": "", "DB_PRIMARY_HOST": "p", "DB_PORT": "high"])
    }
    #expect("\(try #require(error))".hasPrefix("DB_PORT "))
  }
}
