import Foundation
import TestServers
import Testing

@Suite("tenantry health", .tags(.slow), .timeLimit(.minutes(5)))
struct HealthTests {
  @Test("Healthy exits 0 and can be exported; a schema that is not there and a server that is down exit 1")
  func states() async throws {
    let database = try await ServedDatabase()
    // Gone when nobody holds it.
    let folder = try TemporaryFolder("health")
    let file = folder.url.appending(path: "health.json")
    let healthy = try await database.tenantry("health", "--json", "--export", file.path)
    #expect(healthy.code == 0, "\(healthy)")
    for name in ["database", "schema", "redis", "cache"] { #expect(healthy.output.contains("\"\(name)\":{")) }
    let exported = try withExtendedLifetime(folder) { try String(contentsOf: file, encoding: .utf8) }
    #expect(exported.contains(#""status":"healthy""#))
    #expect(try await database.tenantry("migrate", "down").code == 0)
    let behind = try await database.tenantry("health")
    #expect(behind.code == 1 && behind.errors.contains("tenantry migrate up"), "\(behind)")
    database.server.stop()
    let down = try await database.tenantry("health", "--json")
    #expect(down.code == 1 && down.output.contains(#""status":"unhealthy""#), "\(down)")
    for end in [healthy, behind, down] {
      #expect(!(end.output + end.errors).contains(ServedDatabase.canary))
    }
  }
}
