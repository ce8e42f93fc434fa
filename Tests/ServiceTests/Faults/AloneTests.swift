import TestServers
import Testing

@Suite("tenantry serve with PostgreSQL and no Redis", .tags(.slow), .timeLimit(.minutes(5)))
struct AloneTests {
  @Test("What is in memory is loaded anew after the instance could not hear of changes for a while")
  func gap() async throws {
    let database = try await ServedDatabase()
    let service = try await Service(database.settings)
    let path = "/api/v1/packages/\(Key.willow.package)"
    func title() async throws -> String { try await service.call(.get, path, .willow).text }
    try await eventually("it listens") {
      try await database.psql("SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'LISTEN%'") == "1"
    }
    let before = try await title()
    // Past the program: nobody tells of it.
    try await database.psql("UPDATE packages SET title = 'Meanwhile' WHERE slug = '\(Key.willow.package)'")
    #expect(try await title() == before)
    try await database.psql(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'tenantry' AND pid <> pg_backend_pid()")
    try await eventually("the change is seen") { try await title().contains("Meanwhile") }
    try await service.terminate()
  }
}
