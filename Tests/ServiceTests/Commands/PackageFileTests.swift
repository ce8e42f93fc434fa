import Foundation
import TestServers
import Testing

@Suite("tenantry import and export", .tags(.slow), .timeLimit(.minutes(5)))
struct PackageFileTests {
  @Test("An export imported again changes nothing; into an emptied catalog it brings all back, to the byte")
  func identity() async throws {
    let database = try await ServedDatabase()
    let folder = try TemporaryFolder("files")
    for name in ["packages.csv", "packages.jsonl"] {
      let (first, second) = (folder.url.appending(path: name).path, folder.url.appending(path: "again-" + name).path)
      #expect(try await database.tenantry("export", "--tenant", "willow", "--output", first).code == 0)
      let again = try await database.tenantry("import", "--tenant", "willow", first, "--json")
      #expect(again.code == 0 && again.output.contains(#""unchanged":20"#), "\(again)")
      try await database.psql("DELETE FROM packages")
      let restored = try await database.tenantry("import", "--tenant", "willow", first, "--json")
      #expect(restored.code == 0 && restored.output.contains(#""created":20"#), "\(restored)")
      #expect(try await database.tenantry("export", "--tenant", "willow", "--output", second).code == 0)
      #expect(try Data(contentsOf: URL(filePath: second)) == Data(contentsOf: URL(filePath: first)))
    }
  }

  @Test("A server that runs shows an import at once; rows with flaws are told in lines and leave nothing")
  func server() async throws {
    let database = try await ServedDatabase()
    let service = try await Service(database.settings)
    let folder = try TemporaryFolder("files")
    let file = folder.url.appending(path: "new.csv")
    #expect(try await service.call(.get, "/packages/new-one", .willow).status == 404)
    let rows = "slug,title,priceCents,status\r\nnew-one,One,100,published\r\n"
    try Data((rows + "new-two,Two,free,draft\r\n").utf8).write(to: file)
    let refused = try await database.tenantry("import", "--tenant", "willow", file.path)
    #expect(refused.code == 1)
    #expect(refused.errors.contains("line 3: new-two: priceCents"), "\(refused)")
    #expect(try await service.call(.get, "/packages/new-one", .willow).status == 404)
    let partly = try await database.tenantry("import", "--tenant", "willow", file.path, "--keep-going")
    #expect(partly.code == 1 && partly.output.contains("created 1"), "\(partly)")
    try await eventually("the server shows the import") {
      try await service.call(.get, "/packages/new-one", .willow).status == 200
    }
    let foreign = folder.url.appending(path: "foreign.csv")
    try Data("slug,colour\r\nnew-three,red\r\n".utf8).write(to: foreign)
    let header = try await database.tenantry("import", "--tenant", "willow", foreign.path)
    #expect(header.code == 1 && header.errors.contains(#"its header has the unknown column "colour""#), "\(header)")
    for (arguments, code) in [(["--tenant", "nobody", file.path], 1), (["--tenant", "willow", "nowhere.csv"], 1)] {
      let end = try await database.tenantry("import", arguments[0], arguments[1], arguments[2])
      #expect(Int(end.code) == code && end.errors.split(separator: "\n").count == 1, "\(end)")
    }
    try await service.terminate()
  }

  @Test("Two imports and staff writes at once all end, and leave whole packages")
  func concurrency() async throws {
    let database = try await ServedDatabase()
    let service = try await Service(database.settings)
    let rows = (0..<600).map { "many-\($0),Title \($0),\($0),published" }
    let file = (["slug,title,priceCents,status"] + rows).joined(separator: "\n")
    let backwards = (["slug,title,priceCents,status"] + rows.reversed()).joined(separator: "\n")
    let answers = try await atOnce(4) { number in
      try await service.call(
        .post, "/api/v1/admin/packages/import?format=csv", .willowStaff, body: number % 2 == 0 ? file : backwards)
    }
    for answer in answers { #expect(answer.status == 200 && answer.text.contains(#""applied":true"#), "\(answer)") }
    #expect(try await database.psql("SELECT count(*) FROM packages WHERE slug LIKE 'many-%'") == "600")
    try await service.terminate()
  }
}
