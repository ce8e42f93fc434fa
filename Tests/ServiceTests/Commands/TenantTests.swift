import Foundation
import TestServers
import Testing

@Suite("tenantry tenant", .tags(.slow), .timeLimit(.minutes(5)))
struct TenantTests {
  @Test("Keys are printed once and work at once; suspension, rotation and removal reach a server that runs")
  func lifecycle() async throws {
    let database = try await ServedDatabase()
    let service = try await Service(database.settings)
    let created = try await database.tenantry("tenant", "create", "acme-tours", "--json")
    #expect(created.code == 0, "\(created)")
    let key = try Self.publishable(created)
    let stored = try await database.psql("SELECT string_agg(encode(digest, 'escape'), ' ') FROM api_keys")
    #expect(!stored.contains(key))
    func status(_ key: String) async throws -> Int {
      try await service.call(.get, "/packages", Key(name: .tenantKey, value: key)).status
    }
    #expect(try await status(key) == 200)

    #expect(try await database.tenantry("tenant", "suspend", "acme-tours").code == 0)
    try await eventually("a suspended tenant gets 403") { try await status(key) == 403 }
    #expect(try await service.call(.get, "/packages", .willow).status == 200)
    #expect(try await database.tenantry("tenant", "activate", "acme-tours").code == 0)
    try await eventually("an active tenant is served") { try await status(key) == 200 }

    let rotated = try await database.tenantry("tenant", "rotate-key", "acme-tours", "--json")
    let second = try Self.publishable(rotated)
    try await eventually("the old key is unknown") { try await status(key) == 401 }
    #expect(try await status(second) == 200)
    let listed = try await database.tenantry("tenant", "list", "--json")
    #expect(listed.output.contains(#""slug":"acme-tours""#) && !listed.output.contains("pk_live"), "\(listed)")

    #expect(try await database.tenantry("tenant", "delete", "acme-tours").code == 64)
    #expect(try await database.tenantry("tenant", "delete", "acme-tours", "--yes").code == 0)
    try await eventually("the keys of a removed tenant are unknown") { try await status(second) == 401 }
    try await service.terminate()
  }

  @Test("A tenant with bookings, customers and packages can be removed whole, and nothing else goes with it")
  func removal() async throws {
    let database = try await ServedDatabase()
    try await offPool { [settings = database.settings] in
      try BuiltProgram.run(
        "tenantry", ["seed", "--generate", "tenants=2,packages=5,bookings=6", "--random-seed", "3"],
        environment: settings)
    }
    #expect(try await database.tenantry("tenant", "delete", "generated-3-1", "--yes").code == 0)
    #expect(try await database.psql("SELECT count(*) FROM tenants WHERE slug LIKE 'generated-%'") == "1")
    #expect(try await database.psql("SELECT count(*) FROM packages p JOIN tenants t ON t.id = p.tenant_id") == "33")
    #expect(try await database.psql("SELECT count(*) FROM bookings") == "3")
  }

  @Test(
    "What no tenant can be called is refused with 64, what is not there or taken with 1, in one line",
    arguments: [
      (["create", "admin"], 64), (["create", "ab"], 64), (["create", "Acme"], 64), (["create", "willow"], 1),
      (["suspend", "nobody"], 1), (["rotate-key", "willow", "--kind", "xk"], 64),
    ])
  func refusals(_ arguments: [String], _ code: Int) async throws {
    let database = try await Self.shared.value
    let end =
      arguments.count == 2
      ? try await database.tenantry("tenant", arguments[0], arguments[1])
      : try await database.tenantry("tenant", arguments[0], arguments[1], arguments[2], arguments[3])
    #expect(Int(end.code) == code && end.errors.split(separator: "\n").count == 1, "\(end)")
  }

  @Test("Where the schema is not there, the line says how to get it")
  func withoutSchema() async throws {
    let database = try await ServedDatabase(isSeeded: false)
    let end = try await database.tenantry("tenant", "list")
    #expect(end.code == 1 && end.errors.contains("run `tenantry migrate up`"), "\(end)")
    #expect(end.errors.split(separator: "\n").count == 1, "\(end)")
  }

  @Test(
    "Keys that could not be printed are told to be lost, with 1 and one line",
    arguments: [
      ("tenant create lost-keys --json >/dev/full", "rotate-key lost-keys"),
      ("tenant rotate-key harbor >&-", "rotate-key harbor"), ("tenant rotate-key willow | true", "rotate-key willow"),
    ])
  func unprinted(_ command: String, _ mend: String) async throws {
    let database = try await Self.shared.value
    let program: URL = try #require(BuiltProgram.find("tenantry"))
    let (code, errors) = try await offPool { [settings = database.settings] in
      let process = Process()
      let errors = Pipe()
      process.executableURL = URL(filePath: "/bin/bash")
      process.arguments = ["-o", "pipefail", "-c", "\"$0\" \(command)", program.path]
      process.environment = ["PATH": "/usr/bin:/bin"].merging(settings) { $1 }
      process.standardError = errors
      try process.run()
      let text = try errors.fileHandleForReading.readToEnd() ?? Data()
      process.waitUntilExit()
      return (process.terminationStatus, String(decoding: text, as: UTF8.self))
    }
    #expect(code == 1 && errors.contains(mend) && errors.split(separator: "\n").count == 1, "\(code) \(errors)")
  }

  private static let shared = Task { try await ServedDatabase() }

  private static func publishable(_ end: CommandEnd) throws -> String {
    String(try #require(end.output.firstMatch(of: /"publishableKey":"(pk_live_acme-tours_[0-9a-f]{32})"/)).1)
  }
}
