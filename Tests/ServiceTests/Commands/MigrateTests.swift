import Foundation
import TestServers
import Testing

@Suite("tenantry migrate", .tags(.slow), .timeLimit(.minutes(5)))
struct MigrateTests {
  private let server: PostgresServer
  private let folder: TemporaryFolder

  init() throws {
    server = try PostgresServer()
    try server.psql("CREATE ROLE tenantry LOGIN CREATEROLE", "CREATE DATABASE tenantry OWNER tenantry")
    folder = try TemporaryFolder("migrate")
    let files = BuiltProgram.root.appending(path: "Migrations")
    try FileManager.default.copyItem(at: files, to: folder.url.appending(path: "Migrations"))
  }

  /// Runs the command in a folder with migrations of its own.
  private func migrate(_ arguments: String...) throws -> (code: Int32, output: String, errors: String) {
    let process = Process()
    let (output, errors) = (Pipe(), Pipe())
    let program: URL = try #require(BuiltProgram.find("tenantry"))
    process.executableURL = program
    process.arguments = ["migrate"] + arguments
    process.currentDirectoryURL = folder.url
    process.environment = [
      "ADAPTERS_PRESET": "real", "DATABASE_URL": ServedDatabase.url(server.port), "DATABASE_MAX_RETRIES": "10",
    ]
    process.standardOutput = output
    process.standardError = errors
    try process.run()
    let texts = try [output, errors].map {
      String(decoding: try $0.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
    }
    process.waitUntilExit()
    return (process.terminationStatus, texts[0], texts[1])
  }

  @Test("A database that is about to start is waited for")
  func awaited() async throws {
    server.stop()
    async let end = offPool { try migrate("up") }
    try await Task.sleep(for: .milliseconds(500))
    try server.restart()
    #expect(try await end.code == 0)
  }

  private func schema() throws -> String {
    let arguments = ["-s", "-h", "127.0.0.1", "-p", "\(server.port)", "-U", "postgres", "tenantry"]
    return try PostgresProgram.run("pg_dump", arguments)
      .split(separator: "\n").filter { !$0.contains("restrict") }.joined(separator: "\n")
  }

  @Test("Up, down to nothing and up again give the same schema; status and verify tell where it stands")
  func roundTrip() throws {
    #expect(try migrate("verify").code == 1)
    #expect(try migrate("status").output.contains("pending"))
    let up = try migrate("up")
    #expect(up.code == 0 && up.output.contains("applied "), "\(up.errors)")
    let whole = try schema()
    #expect(try migrate("up").output.contains("nothing to apply"))
    #expect(try migrate("verify").code == 0)
    let down = try migrate("down", "--to", "0")
    #expect(down.code == 0, "\(down.errors)")
    #expect(try !schema().contains("CREATE TABLE public.bookings"))
    #expect(try migrate("up", "--json").output.contains(#""applied""#))
    #expect(try schema() == whole)
  }

  @Test("A migration that was edited after it was applied is refused by name, in one line")
  func edited() throws {
    #expect(try migrate("up").code == 0)
    let files = folder.url.appending(path: "Migrations")
    let name = try #require(
      try FileManager.default.contentsOfDirectory(atPath: files.path).filter { $0.hasSuffix(".up.sql") }.min())
    let file = files.appending(path: name)
    try (String(contentsOf: file, encoding: .utf8) + "-- edited\n").write(to: file, atomically: true, encoding: .utf8)
    for arguments in [["up"], ["verify"], ["down", "--to", "0"]] {
      let end = try migrate(arguments[0], Array(arguments.dropFirst()))
      #expect(end.code == 1 && end.errors.contains(name.dropLast(".up.sql".count)), "\(end)")
      #expect(end.errors.split(separator: "\n").count == 1, "\(end.errors)")
    }
    #expect(try migrate("status").output.contains("changed"))
  }

  private func migrate(_ command: String, _ rest: [String]) throws -> (code: Int32, output: String, errors: String) {
    rest.isEmpty ? try migrate(command) : try migrate(command, rest[0], rest[1])
  }

  @Test("Of two servers that start at once with --migrate on an empty database both come up")
  func starters() async throws {
    let settings = ["ADAPTERS_PRESET": "real", "DATABASE_URL": ServedDatabase.url(server.port)]
    let services = try await atOnce(2) { _ in try await Service(settings, ["--migrate"]) }
    #expect(services.count == 2)
    #expect(try migrate("verify").code == 0)
    for service in services { try await service.terminate() }
  }
}
