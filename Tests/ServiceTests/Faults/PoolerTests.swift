import Foundation
import TestServers
import Testing

@Suite("tenantry serve behind PgBouncer in transaction mode", .tags(.slow), .timeLimit(.minutes(5)))
struct PoolerTests {
  @Test("With one server connection for all and 100 requests given up, no tenant is given another's rows")
  func isolation() async throws {
    let database = try await ServedDatabase()
    // Whom requests sign in as owns nothing, and may do nothing of its own.
    try await database.psql("CREATE ROLE requests LOGIN", "GRANT tenantry_app TO requests")
    let pooler = try await offPool {
      try PgBouncer(server: database.server, poolSize: 1, database: "tenantry", user: "requests")
    }
    var settings = database.settings
    settings["DATABASE_ADMIN_URL"] = settings["DATABASE_URL"]
    settings["DATABASE_URL"] = pooler.url
    settings["DATABASE_PREPARED"] = "off"
    let service = try await Service(settings)
    for (day, tenant) in [Key.willow, .harbor].enumerated() {
      #expect(try await service.book(day, tenant).status == 201)
    }
    let (mine, others) = ([Key.willow.package, Key.harbor.package], [Key.harbor.package, Key.willow.package])
    let outcomes = try await atOnce(400) { number in
      let isWillow = number % 2 == 0
      let patience = Duration.milliseconds(number % 4 == 1 ? number % 50 + 1 : 60_000)
      do {
        // Neither is answered from the cache.
        let answer =
          number % 8 < 4
          ? try await service.call(
            .get, "/api/v1/packages?limit=100&q=i", isWillow ? .willow : .harbor, within: patience)
          : try await service.call(
            .get, "/api/v1/admin/bookings", isWillow ? .willowStaff : .harborStaff, within: patience)
        guard answer.status == 200 else { return "\(answer.status)" }
        let isRight = answer.text.contains(mine[isWillow ? 0 : 1]) && !answer.text.contains(others[isWillow ? 0 : 1])
        return isRight ? "right" : "wrong"
      } catch { return "given up" }
    }
    print(Dictionary(grouping: outcomes) { $0 }.mapValues(\.count))
    #expect(!outcomes.contains("wrong"))
    #expect(outcomes.count { $0 == "right" } >= 300)
    #expect(outcomes.contains("given up"))
    #expect(outcomes.allSatisfy { ["right", "given up"].contains($0) })
  }
}
