import Foundation
import TestServers
import Testing

@Suite("Commands without their database")
struct CommandProcessTests {
  /// Nothing listens on port 1.
  private static let settings = [
    "DATABASE_URL": "postgres://app:hunter2@127.0.0.1:1/shop", "DATABASE_MAX_RETRIES": "0",
  ]

  private func fails(_ arguments: [String], saying part: String) throws {
    let end = try BuiltProgram.outcome("tenantry", arguments, environment: Self.settings)
    #expect(end.status == 1 && end.output.contains(part), "\(end)")
    #expect(end.output.split(separator: "\n").count == 1 && !end.output.contains("hunter2"), "\(end)")
  }

  @Test(
    "A database that is down is told in one line with its address",
    arguments: [["tenant", "list"], ["migrate", "status"], ["seed", "--demo"], ["export", "--tenant", "willow"]])
  func down(_ arguments: [String]) throws { try fails(arguments, saying: "PostgreSQL runs at 127.0.0.1:1/shop") }

  @Test("An export that fails leaves the file that is there, and nothing beside it")
  func export() throws {
    let folder = try TemporaryFolder("export")
    let file = folder.url.appending(path: "packages.csv")
    try Data("slug\r\n".utf8).write(to: file)
    try fails(["export", "--tenant", "willow", "--output", file.path], saying: "127.0.0.1:1")
    #expect(try Data(contentsOf: file) == Data("slug\r\n".utf8))
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.url.path) == ["packages.csv"])
  }

  @Test("A file that cannot be written is told in one line", arguments: ["/nowhere/packages.csv", "/usr"])
  func unwritable(_ path: String) throws {
    try fails(["export", "--tenant", "willow", "--output", path], saying: "cannot write \(path)")
  }

  @Test("A folder is no file to import, and one without seeds none to load")
  func folders() throws {
    let folder = try TemporaryFolder("folder")
    try fails(["import", "--tenant", "willow", folder.url.path], saying: "cannot read \(folder.url.path)")
    try fails(["seed", "--dir", folder.url.path], saying: "no .json file is in the folder \(folder.url.path)")
  }
}
