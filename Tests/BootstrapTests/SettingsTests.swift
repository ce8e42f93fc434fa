import Foundation
import PostgresClient
import RedisClient
import Testing

@testable import Bootstrap

@Suite("Settings")
struct SettingsTests {
  @Test("Without any, the defaults are those of the contract")
  func defaults() async throws {
    let settings = try await Settings(environment: [:], isTerminal: false)
    #expect(settings.preset == .mock)
    #expect(settings.server.host == "127.0.0.1" && settings.server.port == 8080)
    #expect(settings.cache.catalog.timeToLive == .seconds(900))
    #expect(settings.cache.availability.timeToLive == .seconds(30))
    #expect(settings.cache.tenancy.timeToLive == .seconds(300))
    #expect(settings.cache.catalog.negativeTimeToLive == .seconds(10))
    #expect(settings.cache.limits.entries == 100_000 && settings.cache.limits.bytes == 256 << 20)
    #expect(settings.rateLimits.client == 100 && settings.rateLimits.tenant == 10_000)
    #expect(settings.holdTime == .seconds(900))
    #expect(settings.logFormat == .json)
    #expect(try await Settings(environment: [:], isTerminal: true).logFormat == .text)
  }

  @Test(
    "A value that cannot be used stops the start with the variable, the value and what it takes",
    arguments: [
      ("PORT", "eighty"), ("PORT", "70000"), ("ADAPTERS_PRESET", "fake"), ("LOG_LEVEL", "loud"),
      ("CACHE_CATALOG_TTL", "soon"), ("CACHE_TTL", "-1s"), ("CACHE_TTL_JITTER", "2"), ("CACHE_LRU_MAX_BYTES", "1XB"),
      ("CACHE_LRU_MAX_ITEMS", "0"), ("RATE_LIMIT", "maybe"), ("RATE_LIMIT_CLIENT_PER_MINUTE", "-5"),
      ("BOOKING_HOLD_TTL", "0s"), ("CACHE_WARM_ON_STARTUP", "2"), ("TLS_CERT_FILE", "/only/one"),
      ("TRUSTED_PROXIES", "10.0.0.0/8"), ("HOST", "not..a..host"), ("HOST", "two words"),
      ("CORS_ALLOWED_ORIGINS", "banana"), ("CORS_ALLOWED_ORIGINS", "https://shop.example/"),
      ("CORS_ALLOWED_ORIGINS", "https://shop.example:70000"),
    ])
  func refusals(_ name: String, _ value: String) async throws {
    await #expect {
      _ = try await Settings(environment: [name: value], isTerminal: false)
    } throws: { error in
      let text = "\(error)"
      return text.contains(name)
        || text.contains("TLS_KEY_FILE") && !text.contains("\n")
          && (text.contains(value) || name.hasPrefix("TLS"))
    }
  }

  @Test(
    "What the preset does not use is checked too, and what may be a secret is not repeated",
    arguments: [
      ("DATABASE_POOL_MAX", "abc"), ("BREAKER_FAILURE_RATIO", "7"), ("REDIS_TLS", "maybe"),
      ("CACHE_KEY_PREFIX", "a:{b}"), ("REDIS_URL", "http://hunter2"), ("DATABASE_URL", "mysql://hunter2"),
      ("MONITORING_ENABLED", "perhaps"), ("REDIS_MONITORING_INTERVAL_MS", "often"),
      ("REDIS_ALERT_HIT_RATIO_THRESHOLD", "70"), ("REDIS_ALERT_CONNECTIONS", "many"),
      ("ALERT_WEBHOOK_URL", "hooks.example/hunter2"),
    ])
  func unused(_ name: String, _ value: String) async throws {
    for purpose in [Settings.Purpose.serving, .nothing] {
      let error = await #expect(throws: SettingError.self) {
        _ = try await Settings(environment: [name: value], isTerminal: false, for: purpose)
      }
      let text = "\(try #require(error))"
      #expect(text.hasPrefix(name + " ") && !text.contains("hunter2"), "\(text)")
    }
  }

  @Test("Origins are schemes with hosts, or all")
  func origins() async throws {
    let origins = "https://shop.example, http://localhost:3000,http://[::1]:8080,*"
    let settings = try await Settings(environment: ["CORS_ALLOWED_ORIGINS": origins], isTerminal: false)
    #expect(settings.server.allowedOrigins.count == 4)
  }

  @Test("A command on the database needs one whichever preset is named; it logs errors alone unless told otherwise")
  func purposes() async throws {
    let url = ["DATABASE_URL": "postgres://db/shop", "ADAPTERS_PRESET": "mock"]
    let settings = try await Settings(environment: url, isTerminal: false, for: .database)
    #expect(settings.preset == .real && settings.database != nil && settings.logLevel == .error)
    let loud = url.merging(["LOG_LEVEL": "debug"]) { $1 }
    #expect(try await Settings(environment: loud, isTerminal: false, for: .database).logLevel == .debug)
    #expect(try await Settings(environment: url, isTerminal: false).logLevel == .info)
    for (environment, part) in [
      (["ADAPTERS_PRESET": "mock"], "works on PostgreSQL"),
      (url.merging(["ADAPTERS_PRESET": "banana"]) { $1 }, "banana"),
    ] {
      let error = await #expect(throws: SettingError.self) {
        _ = try await Settings(environment: environment, isTerminal: false, for: .database)
      }
      #expect("\(try #require(error))".contains(part))
    }
  }

  @Test(
    "Durations have units; a bare number is seconds, or milliseconds where the name says so",
    arguments: [
      ("CACHE_TTL", "250ms", Duration.milliseconds(250)), ("CACHE_TTL", "15m", .seconds(900)),
      ("CACHE_TTL", "1h", .seconds(3600)), ("CACHE_TTL", "45", .seconds(45)), ("CACHE_DEFAULT_TTL", "45", .seconds(45)),
      ("CACHE_DEFAULT_TTL_MS", "300000", .seconds(300)), ("CACHE_TTL", "1.5s", .milliseconds(1500)),
    ])
  func durations(_ name: String, _ text: String, _ expected: Duration) async throws {
    let settings = try await Settings(environment: [name: text], isTerminal: false)
    #expect(settings.cache.tenancy.timeToLive == expected)
  }

  @Test("A file stands below the environment, and that below the command line", arguments: ["env", "json"])
  func precedence(_ kind: String) async throws {
    let file = FileManager.default.temporaryDirectory.appending(path: "settings-\(UUID().uuidString).\(kind)")
    let text = kind == "env" ? "PORT=1\nHOST=1.1.1.1\nCACHE_TTL=7s\n" : #"{"PORT":1,"HOST":"1.1.1.1","CACHE_TTL":"7s"}"#
    try Data(text.utf8).write(to: file)
    defer { try? FileManager.default.removeItem(at: file) }
    let settings = try await Settings(
      environment: ["TENANTRY_CONFIG": file.path, "PORT": "2", "HOST": "2.2.2.2"], overrides: ["PORT": "3"],
      isTerminal: false)
    #expect(settings.server.port == 3)
    #expect(settings.server.host == "2.2.2.2")
    #expect(settings.cache.tenancy.timeToLive == .seconds(7))
  }

  @Test("The environment stands above the file also where it names a setting otherwise; what it empties is not set")
  func aliases() async throws {
    let file = try Self.file(
      "CACHE_TTL=7s\nDATABASE_URL=postgres://far/shop\nREDIS_URL=redis://far\nDATABASE_PREPARED=off\n", "env")
    defer { try? FileManager.default.removeItem(at: file) }
    let environment = [
      "TENANTRY_CONFIG": file.path, "ADAPTERS_PRESET": "real", "CACHE_DEFAULT_TTL": "5s", "DB_PRIMARY_HOST": "near",
      "REDIS_HOST": "near", "DATABASE_PREPARED": "",
    ]
    let settings = try await Settings(environment: environment, isTerminal: false)
    #expect(settings.cache.tenancy.timeToLive == .seconds(5))
    #expect(settings.database?.servers.first?.url.host == "near")
    #expect(settings.redis?.cache.topology == .standalone(RedisEndpoint(host: "near")))
    #expect(settings.database?.router.pool.usesPreparedStatements == true)
  }

  @Test("Values in a file may stand in quotes and after export; null is not set")
  func fileForms() async throws {
    let lines = "# Where\n\n  export HOST='1.1.1.1'\r\nCACHE_TTL=\"7s\"\nPORT = 81\n"
    let object = #"{"HOST": "1.1.1.1", "CACHE_TTL": "7s", "PORT": 81, "LOG_LEVEL": null}"#
    for (text, kind) in [(lines, "env"), (object, "json")] {
      let file = try Self.file(text, kind)
      defer { try? FileManager.default.removeItem(at: file) }
      let settings = try await Settings(environment: ["TENANTRY_CONFIG": file.path], isTerminal: false)
      #expect(settings.server.host == "1.1.1.1" && settings.server.port == 81)
      #expect(settings.cache.tenancy.timeToLive == .seconds(7) && settings.logLevel == .info)
    }
  }

  @Test("A line of a file that sets nothing stops the start with its number and without its text")
  func fileLine() async throws {
    let file = try Self.file("PORT=81\n# A comment\nhunter2\n", "env")
    defer { try? FileManager.default.removeItem(at: file) }
    let error = await #expect(throws: SettingError.self) {
      _ = try await Settings(environment: ["TENANTRY_CONFIG": file.path], isTerminal: false)
    }
    let text = "\(try #require(error))"
    #expect(text.hasPrefix("TENANTRY_CONFIG ") && text.contains("line 3") && !text.contains("hunter2"), "\(text)")
  }

  private static func file(_ text: String, _ kind: String) throws -> URL {
    let file = FileManager.default.temporaryDirectory.appending(path: "settings-\(UUID().uuidString).\(kind)")
    try Data(text.utf8).write(to: file)
    return file
  }

  @Test("A configuration file that cannot be read stops the start")
  func missingFile() async throws {
    await #expect(throws: SettingError.self) {
      _ = try await Settings(environment: ["TENANTRY_CONFIG": "/nowhere/x.env"], isTerminal: false)
    }
  }

  @Test("The example file lists every variable once, with the value it has without the file")
  func example() async throws {
    let path = URL(filePath: #filePath).appending(path: "../../../.env.example").standardized.path
    let settings = try await Settings(environment: ["TENANTRY_CONFIG": path], isTerminal: false)
    #expect(settings.server.port == 8080 && settings.cache.limits.bytes == 256 << 20 && settings.rateLimits.isOn)
    #expect(settings.logLevel == .info)
    let lines = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")
    let names = lines.compactMap { $0.prefixMatch(of: /([A-Z0-9_]+)=/)?.1 }
    #expect(names.count > 50 && Set(names).count == names.count)
  }
}
