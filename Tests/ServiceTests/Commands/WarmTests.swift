import TestServers
import Testing

@Suite("tenantry warm", .tags(.slow), .timeLimit(.minutes(5)))
struct WarmTests {
  @Test("Tenants that could not be warmed are counted, and told in one line with the mend")
  func failure() async throws {
    let database = try await ServedDatabase()
    let redis = try await RedisServer(RedisServer.Options())
    try await database.psql("ALTER TABLE venues RENAME TO places")
    let settings = database.settings.merging(["REDIS_URL": "redis://127.0.0.1:\(redis.port)"]) { $1 }
    let end = try await offPool { try BuiltProgram.outcome("tenantry", ["warm"], environment: settings) }
    #expect(end.status == 1 && end.output.contains("warmed 0 tenants"), "\(end)")
    #expect(end.output.contains("tenantry: 2 tenants are not warmed: run it again"), "\(end)")
    #expect(end.output.split(separator: "\n").count == 2 && !end.output.contains("ExitCode"), "\(end)")
  }
}
