import Foundation
import Synchronization
import TestServers

/// Three instances of the built program on one PostgreSQL and one Redis, as they run in production. Each reaches Redis through a
/// proxy of its own.
final class Fleet: Sendable {
  let postgres: PostgresServer
  let redis: RedisServer
  let instances: [Instance]

  /// Starts all servers and instances, with the demo tenants.
  /// - Parameters:
  ///   - replicas: how many streaming replicas the loads may read from.
  ///   - settings: of the instances, beside the addresses.
  init(
    instances count: Int = 3, replicas: Int = 0, settings: [String: String] = [:], redisIsUp: Bool = true
  ) async throws {
    let options = [
      "max_connections": "300", "shared_preload_libraries": "pg_stat_statements", "wal_level": "replica",
      "pg_stat_statements.track": "all",
    ]
    postgres = try await offPool { try PostgresServer(options: options) }
    var arguments = RedisServer.Options()
    arguments.arguments = ["--dbfilename", "kept.rdb"]
    redis = try await RedisServer(arguments)
    let database = "postgres://tenantry@127.0.0.1:\(postgres.port)/tenantry"
    try await offPool { [postgres] in
      try postgres.psql("CREATE ROLE tenantry LOGIN CREATEROLE", "CREATE DATABASE tenantry OWNER tenantry")
      try postgres.psql("CREATE EXTENSION pg_stat_statements", database: "tenantry")
      for command in [["migrate", "up"], ["seed", "--demo"]] {
        try BuiltProgram.run("tenantry", command, environment: ["ADAPTERS_PRESET": "real", "DATABASE_URL": database])
      }
    }
    var copies: [PostgresServer] = []
    for index in 0..<replicas {
      copies.append(
        try await offPool { [postgres] in try postgres.makeReplica(name: "replica\(index)", options: options) })
    }
    self.replicas = copies
    var environment = [
      "ADAPTERS_PRESET": "real", "DATABASE_URL": database, "RATE_LIMIT": "off", "LOG_FORMAT": "json",
      "CACHE_WARM_ON_STARTUP": "off", "DATABASE_POOL_MAX": "20",
    ]
    if !copies.isEmpty {
      environment["DATABASE_REPLICA_URLS"] =
        copies
        .map { "postgres://tenantry@127.0.0.1:\($0.port)/tenantry" }.joined(separator: ",")
      environment["DATABASE_HEALTH_INTERVAL"] = "500ms"
    }
    if !redisIsUp { redis.kill() }
    environment.merge(settings) { $1 }
    var started: [Instance] = []
    for index in 0..<count {
      let proxy = try await FaultProxy.start(before: redis.port, seed: UInt64(index + 1))
      started.append(try await Instance(number: index, proxy: proxy, environment: environment))
    }
    self.instances = started
    for instance in started { try await instance.waitUntilReady() }
  }

  let replicas: [PostgresServer]

  /// What the database of the instances answers to a superuser.
  @discardableResult
  func psql(_ sql: String) async throws -> String {
    try await offPool { [postgres] in try postgres.psql(sql, database: "tenantry") }
  }

  /// Forgets what statements were executed so far.
  func forgetStatements() async throws { try await psql("SELECT pg_stat_statements_reset()") }

  /// How many statements were executed that loads of the catalog and of availability consist of.
  func statements() async throws -> Int {
    let sql = """
      SELECT coalesce(sum(calls), 0) FROM pg_stat_statements
      WHERE query LIKE '%FROM packages%' OR query LIKE '%FROM segments%' OR query LIKE '%FROM blackouts%'
      """
    return Int(try await psql(sql)) ?? -1
  }
}

/// Runs what blocks on a thread that may be blocked.
func offPool<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
  try await withCheckedThrowingContinuation { continuation in
    DispatchQueue.global().async { continuation.resume(with: Result(catching: body)) }
  }
}
