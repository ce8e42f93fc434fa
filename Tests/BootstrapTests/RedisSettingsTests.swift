import RedisAdapter
import RedisClient
import Testing

@testable import Bootstrap

@Suite("Where the named stores are")
struct RedisSettingsTests {
  private func stores(_ environment: [String: String]) async throws -> RedisStoresSettings? {
    let real = ["ADAPTERS_PRESET": "real", "DATABASE_URL": "postgres://db/tenantry"]
    return try await Settings(environment: real.merging(environment) { $1 }, isTerminal: false).redis
  }

  @Test("Without any address there is no shared cache")
  func none() async throws {
    #expect(try await stores([:]) == nil)
    #expect(try await stores(["REDIS_PASSWORD": "secret"]) == nil)
  }

  @Test("One URL serves all three stores; a store's own URL goes before it")
  func urls() async throws {
    let one = try #require(try await stores(["REDIS_URL": "redis://a:1/2"]))
    #expect(one.cache == one.session && one.cache == one.realtime)
    #expect(one.cache.topology == .standalone(RedisEndpoint(host: "a", port: 1)) && one.cache.database == 2)
    let two = try #require(try await stores(["REDIS_URL": "redis://a", "REDIS_REALTIME_URL": "rediss://b:7"]))
    #expect(two.realtime.topology == .standalone(RedisEndpoint(host: "b", port: 7)))
    #expect(two.realtime.tls?.verifiesCertificate == true && two.cache.tls == nil)
    let own = try #require(try await stores(["REDIS_CACHE_URL": "redis://c"]))
    #expect(own.session.topology == .standalone(RedisEndpoint(host: "c")))
  }

  @Test("What asks for TLS is never reached without it, by the scheme or by REDIS_TLS")
  func encrypted() async throws {
    let scheme = try #require(try await stores(["REDIS_URL": "rediss://a", "REDIS_TLS": "false"]))
    #expect(scheme.cache.tls != nil)
    let setting = try #require(try await stores(["REDIS_CACHE_URL": "redis://a", "REDIS_TLS": "true"]))
    #expect(setting.cache.tls != nil && setting.session.tls != nil)
  }

  @Test("Host, port, user and password serve instead of a URL")
  func host() async throws {
    let stores = try #require(
      try await stores([
        "REDIS_HOST": "h", "REDIS_PORT": "7000", "REDIS_USERNAME": "u", "REDIS_PASSWORD": "p", "REDIS_TLS": "true",
        "REDIS_TLS_REJECT_UNAUTHORIZED": "false",
      ]))
    #expect(stores.cache.topology == .standalone(RedisEndpoint(host: "h", port: 7000)))
    #expect(stores.cache.credentials == RedisCredentials(username: "u", password: "p"))
    #expect(stores.cache.tls?.verifiesCertificate == false)
  }

  @Test(
    "A cluster's nodes come in two forms",
    arguments: ["a:1, b", #"[{"host": "a", "port": 1}, {"host": "b"}]"#, #"[ {"host":"a","port":1},{"host":"b"} ]"#])
  func cluster(_ nodes: String) async throws {
    let stores = try #require(try await stores(["REDIS_CLUSTER": "true", "REDIS_CLUSTER_NODES": nodes]))
    #expect(
      stores.cache.topology == .cluster([RedisEndpoint(host: "a", port: 1), RedisEndpoint(host: "b", port: 6379)]))
    #expect(stores.session == stores.cache)
  }

  @Test(
    "Sentinels name a master for each store, under either variable",
    arguments: ["REDIS_SENTINELS", "REDIS_SENTINEL_HOSTS"])
  func sentinels(_ variable: String) async throws {
    let environment = [
      variable: "s1,[::1]:7", "REDIS_SENTINEL_NAME": "main", "REDIS_REALTIME_SENTINEL_NAME": "fast",
      "REDIS_SENTINEL_PASSWORD": "sp", "REDIS_PASSWORD": "p",
    ]
    let found = try #require(try await stores(environment))
    guard case .sentinel(let cache) = found.cache.topology, case .sentinel(let realtime) = found.realtime.topology
    else {
      Issue.record("no sentinels")
      return
    }
    #expect(cache.endpoints == [RedisEndpoint(host: "s1", port: 26379), RedisEndpoint(host: "::1", port: 7)])
    #expect(cache.masterName == "main" && realtime.masterName == "fast")
    #expect(cache.credentials == RedisCredentials(password: "sp"))
    #expect(found.cache.credentials == RedisCredentials(password: "p"))
    let off = environment.merging(["REDIS_USE_SENTINEL": "false", "REDIS_HOST": "h"]) { $1 }
    #expect(try await stores(off)?.cache.topology == .standalone(RedisEndpoint(host: "h")))
  }

  @Test("The limits are read, milliseconds where the name says so")
  func limits() async throws {
    let stores = try #require(
      try await stores([
        "REDIS_URL": "redis://a", "REDIS_COMMAND_TIMEOUT_MS": "250", "REDIS_CONNECT_TIMEOUT_MS": "2s",
        "REDIS_READ_FROM": "replica", "REDIS_LAZY_CONNECT": "on", "REDIS_MAX_RETRIES_PER_REQUEST": "7",
        "CACHE_KEY_PREFIX": "shop",
      ]))
    #expect(stores.commandTimeout == .milliseconds(250) && stores.connectTimeout == .seconds(2))
    #expect(stores.readFrom == .replica && stores.connectsLazily && stores.maxRetriesPerRequest == 7)
    #expect(stores.prefix == "shop")
  }

  @Test(
    "What cannot be understood is refused by name, and no password is repeated",
    arguments: [
      ("REDIS_URL", "redis://:hunter2@"), ("REDIS_URL", "hunter2"), ("REDIS_SENTINELS", "a:b:c"),
      ("REDIS_READ_FROM", "nearest"), ("REDIS_TLS_CA_FILE", "/nowhere/ca.pem"), ("REDIS_TLS_CA_FILE", "/etc/hostname"),
      ("REDIS_MAX_RETRIES_PER_REQUEST", "-1"), ("REDIS_PORT", "70000"), ("REDIS_LAZY_CONNECT", "perhaps"),
      ("REDIS_SENTINELS", "[]"), ("REDIS_COMMAND_TIMEOUT_MS", "soon"), ("CACHE_KEY_PREFIX", "a:{b}"),
      ("REDIS_CLUSTER", "maybe"), ("REDIS_CLUSTER_NODES", "redis://app:hunter2@10.0.0.1:6379"),
      ("REDIS_SENTINELS", "redis://:hunter2@h:26379"), ("REDIS_SENTINELS", "hunter2@h:26379"),
      ("REDIS_SENTINELS", #"[{"host": "h", "port": "x", "password": "hunter2"}]"#),
      ("REDIS_HOST", "redis://:hunter2@h"), ("REDIS_HOST", "hunter2 h"), ("REDIS_PORT", "tcp://h:hunter2@x"),
      ("REDIS_CACHE_URL", "redis://h hunter2"),
    ])
  func refused(_ variable: String, _ value: String) async throws {
    let error = await #expect(throws: SettingError.self) {
      _ = try await stores(["REDIS_HOST": "h"].merging([variable: value]) { $1 })
    }
    let description = try #require(error).description
    #expect(description.hasPrefix(variable) && !description.contains("hunter2"), "\(description)")
  }

  @Test(
    "What is set is checked without any address too",
    arguments: [
      ("REDIS_READ_FROM", "nearest"), ("REDIS_COMMAND_TIMEOUT_MS", "soon"), ("REDIS_PORT", "abc"),
      ("REDIS_CLUSTER_NODES", "x:y:z"),
    ])
  func unused(_ variable: String, _ value: String) async throws {
    let error = await #expect(throws: SettingError.self) { _ = try await stores([variable: value]) }
    #expect(try #require(error).description.hasPrefix(variable))
  }
}
