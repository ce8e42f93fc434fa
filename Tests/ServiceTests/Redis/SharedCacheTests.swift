import TestServers
import Testing

@Suite("tenantry serve with Redis", .tags(.slow), .serialized, .timeLimit(.minutes(5)))
struct SharedCacheTests {
  @Test("The catalog is kept in Redis however that is arranged and named, and no password is logged")
  func arrangements() async throws {
    let database = try await ServedDatabase()
    for arrangement in Arrangement.allCases {
      let redis = try await arrangement.start()
      let service = try await Service(database.settings.merging(redis.settings) { $1 })
      try await eventually("\(arrangement): the catalog is in Redis: \(service.log.suffix(1000))") {
        #expect(try await service.call(.get, "/api/v1/packages", .willow).status == 200)
        return try await redis.catalogKeys() > 0
      }
      #expect(try await service.call(.get, "/health").text.contains(#""connected":true"#), "\(arrangement)")
      let metrics = try await service.call(.get, "/metrics").text
      #expect(metrics.contains(#"tenantry_redis_connection_events_total{"#), "\(arrangement)")
      try await service.terminate()
      #expect(!service.log.contains(ServedDatabase.canary), "\(arrangement)")
    }
  }

  @Test("A key of the catalog that somebody deletes in Redis is read from the database by every instance")
  func deletion() async throws {
    let database = try await ServedDatabase()
    let redis = try await Arrangement.url.start()
    let settings = database.settings.merging(redis.settings) { $1 }
    let instances = [try await Service(settings), try await Service(settings)]
    let path = "/api/v1/packages/\(Key.willow.package)"
    for instance in instances {
      try await eventually("the package is in memory") {
        let answer = try await instance.call(.get, path, .willow)
        let isTold = try await redis.servers[0].isTold(by: 2)
        return answer.status == 200 && isTold
      }
    }

    // Past the program: nobody tells the cache.
    try await database.psql("UPDATE packages SET title = 'By hand' WHERE slug = '\(Key.willow.package)'")
    for instance in instances {
      #expect(try await !instance.call(.get, path, .willow).text.contains("By hand"), "it was to be in memory")
    }
    let keys = try await redis.servers[0].cli("KEYS", "tenantry:catalog:*\(Key.willow.package)*")
    for key in keys.split(separator: "\n") { try await redis.servers[0].cli("DEL", String(key)) }
    for instance in instances {
      try await eventually("the new title is served", within: .seconds(10)) {
        try await instance.call(.get, path, .willow).text.contains("By hand")
      }
    }
  }

  @Test(
    "What is wrong with a setting of Redis ends the start with 64 and a line that names it",
    arguments: [
      ("REDIS_URL", "http://c4n4ry"), ("REDIS_URL", "redis://:c4n4ry@"), ("REDIS_PORT", "0"),
      ("REDIS_READ_FROM", "nearest"), ("REDIS_MAX_RETRIES_PER_REQUEST", "many"), ("REDIS_SENTINELS", "a:b"),
      ("REDIS_TLS_CA_FILE", "/nowhere"), ("REDIS_COMMAND_TIMEOUT_MS", "-5"), ("REDIS_LAZY_CONNECT", "2"),
    ])
  func refused(_ name: String, _ value: String) async throws {
    let environment = [
      "ADAPTERS_PRESET": "real", "DATABASE_URL": "postgres://127.0.0.1:1/none", "REDIS_HOST": "127.0.0.1", name: value,
    ]
    let outcome = try await offPool { try BuiltProgram.outcome("tenantry", ["serve"], environment: environment) }
    #expect(outcome.status == 64)
    #expect(outcome.output.contains(name) && !outcome.output.contains("c4n4ry"), "\(outcome.output)")
  }
}

extension RedisServer {
  /// Whether this many clients have the server tell them of changes.
  fileprivate func isTold(by count: Int) async throws -> Bool {
    try await cli("CLIENT", "LIST").split(separator: "\n").count { $0.contains("redir=") && !$0.contains("redir=-1") }
      >= count
  }
}
