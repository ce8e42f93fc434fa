import Foundation
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
      ("TRUSTED_PROXIES", "10.0.0.0/8"),
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

  @Test("A configuration file that cannot be read stops the start")
  func missingFile() async throws {
    await #expect(throws: SettingError.self) {
      _ = try await Settings(environment: ["TENANTRY_CONFIG": "/nowhere/x.env"], isTerminal: false)
    }
  }

  @Test("The example file lists every variable with the value it has without the file")
  func example() async throws {
    let path = URL(filePath: #filePath).appending(path: "../../../.env.example").standardized.path
    let settings = try await Settings(environment: ["TENANTRY_CONFIG": path], isTerminal: false)
    #expect(settings.server.port == 8080 && settings.cache.limits.bytes == 256 << 20 && settings.rateLimits.isOn)
  }
}
