import Foundation
import TestServers
import Testing

@Suite("tenantry seed --generate", .tags(.slow), .timeLimit(.minutes(5)))
struct GenerateTests {
  @Test("Keys that can be worked out open generated tenants, in the database and in memory")
  func keys() async throws {
    let database = try await ServedDatabase()
    let made = try await database.tenantry(
      "seed", "--generate", "tenants=30,packages=10,bookings=60", "--random-seed", "9", "--json")
    #expect(made.code == 0 && made.output.contains(#""lastSlug":"generated-9-30""#), "\(made)")
    #expect(made.errors.isEmpty, "nothing is drawn where nobody looks")
    let key = Key(
      name: .tenantKey, value: "pk_test_generated-9-30_" + String(repeating: "0", count: 30) + "1e")
    let memory = try await Service(
      ["ADAPTERS_PRESET": "mock"], ["--generate", "tenants=30,packages=10", "--random-seed", "9"])
    for service in [try await Service(database.settings), memory] {
      let answer = try await service.call(.get, "/packages?limit=100", key)
      #expect(answer.status == 200)
      #expect(answer.text.matches(of: /"slug":"package-/).count == 9, "every tenth is a draft")
      try await service.terminate()
    }
  }
}
