import Foundation
import TestServers
import Testing

@Suite("tenantry seed", .tags(.slow), .timeLimit(.minutes(5)))
struct SeedTests {
  @Test("Run again after an interruption it adds what is missing, and leaves what is there")
  func completes() async throws {
    let database = try await ServedDatabase()
    let willow = "tenant_id = (SELECT id FROM tenants WHERE slug = 'willow')"
    try await database.psql(
      "DELETE FROM blackouts WHERE \(willow)",
      "DELETE FROM packages WHERE \(willow) AND slug <> '\(Key.willow.package)'",
      "DELETE FROM venues WHERE \(willow) AND name = (SELECT min(name) FROM venues WHERE \(willow))",
      "UPDATE packages SET title = 'By hand' WHERE \(willow)")
    let completed = try await database.tenantry("seed", "--demo", "--json")
    #expect(completed.code == 0 && completed.errors.isEmpty, "\(completed)")
    #expect(completed.output.contains(#""completed":{"willow":23}"#), "\(completed)")
    #expect(completed.output.contains(#""present":["harbor"]"#), "\(completed)")
    for (table, count) in [("packages", 20), ("venues", 4), ("blackouts", 3), ("segments", 3), ("add_ons", 6)] {
      #expect(try await database.psql("SELECT count(*) FROM \(table) WHERE \(willow)") == "\(count)", "\(table)")
    }
    #expect(try await database.psql("SELECT count(*) FROM packages WHERE title = 'By hand'") == "1")
    let again = try await database.tenantry("seed", "--json")
    #expect(again.output.contains(#""completed":{},"loaded":[],"present":["harbor","willow"]"#), "\(again)")
    let service = try await Service(database.settings)
    try await eventually("demo tenants that are there are told of") { service.log.contains("curl -H") }
    try await service.terminate()
  }

  @Test("A tenant that only has the slug of a seed is left alone")
  func taken() async throws {
    let database = try await ServedDatabase(isSeeded: false)
    #expect(try await database.tenantry("migrate", "up").code == 0)
    #expect(try await database.tenantry("tenant", "create", "willow").code == 0)
    let end = try await database.tenantry("seed", "--demo")
    #expect(end.code == 0 && end.output.contains("willow has none of the seed's keys"), "\(end)")
    let sold = try await database.psql(
      "SELECT count(*) FROM packages WHERE tenant_id = (SELECT id FROM tenants WHERE slug = 'willow')")
    #expect(sold == "0")
  }

  @Test("On a terminal a bar shows how far it is")
  func bar() async throws {
    let database = try await ServedDatabase(isSeeded: false)
    #expect(try await database.tenantry("migrate", "up").code == 0)
    let program: URL = try #require(BuiltProgram.find("tenantry"))
    let shown = try await offPool { [settings = database.settings] in
      let process = Process()
      let output = Pipe()
      process.executableURL = URL(filePath: "/usr/bin/script")
      process.arguments = ["-qec", "'\(program.path)' seed --demo", "/dev/null"]
      process.currentDirectoryURL = BuiltProgram.root
      process.environment = ["PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"].merging(settings) { $1 }
      process.standardInput = FileHandle.nullDevice
      process.standardOutput = output
      try process.run()
      let text = try output.fileHandleForReading.readToEnd() ?? Data()
      process.waitUntilExit()
      return String(decoding: text, as: UTF8.self)
    }
    #expect(shown.contains("tenants ") && shown.contains("1/2") && shown.contains("2/2"), "\(shown)")
  }
}
