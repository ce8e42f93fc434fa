import Foundation
import PostgresAdapter
import PostgresClient
import Testing

@Suite("Migrator")
struct MigratorTests {
  @Test("Up, down to nothing and up again give the same schema")
  func roundTrip() async throws {
    let database = try await TestDatabase(isMigrated: false)
    let migrator = try database.migrator()
    let names = try TestDatabase.migrations().map(\.name)
    #expect(try await migrator.up() == names)
    let schema = try await database.schema()
    #expect(try await migrator.down(to: "0") == names.reversed())
    #expect(try await database.schema().contains("CREATE TABLE public.tenants") == false)
    #expect(try await migrator.up() == names)
    #expect(try await database.schema() == schema)
  }

  @Test("Up does nothing the second time; down stops at a name and at its time")
  func targets() async throws {
    let database = try await TestDatabase()
    let migrator = try database.migrator()
    let names = try TestDatabase.migrations().map(\.name)
    #expect(try await migrator.up().isEmpty)
    #expect(try await migrator.down(to: names[1]) == names[2...].reversed())
    #expect(try await migrator.down(to: String(names[0].prefix(13))) == [names[1]])
    await #expect(throws: MigrationError.self) { _ = try await migrator.down(to: "20990101T0000") }
    #expect(try await migrator.status().map { $0.state == .pending } == [false] + names.dropFirst().map { _ in true })
  }

  @Test("Of four starters at once each migration is applied by one, and all succeed")
  func starters() async throws {
    let database = try await TestDatabase(isMigrated: false)
    let migrator = try database.migrator()
    let applied = try await withThrowingTaskGroup(of: [String].self) { group in
      for _ in 0..<4 { group.addTask { try await migrator.up() } }
      return try await group.reduce(into: []) { $0 += $1 }
    }
    #expect(applied.sorted() == (try TestDatabase.migrations().map(\.name)))
    try await migrator.verify()
  }

  @Test("A migration that was edited after it was applied is refused by name, by every step")
  func edited() async throws {
    let database = try await TestDatabase()
    var migrations = try TestDatabase.migrations()
    let first = migrations[0]
    migrations[0] = Migration(name: first.name, up: first.up + "-- edited", down: first.down)
    let migrator = try database.migrator(migrations)
    for step in [{ _ = try await migrator.up() }, { _ = try await migrator.down(to: "0") }, migrator.verify] {
      let error = await #expect(throws: MigrationError.self) { try await step() }
      #expect(error?.description.contains(first.name) == true)
    }
    #expect(try await migrator.status().first?.state == .changed)
  }

  @Test("A migration without a file, and one that came too late, are refused by name")
  func strangers() async throws {
    let database = try await TestDatabase()
    let all = try TestDatabase.migrations()
    let older = try database.migrator(Array(all.dropLast()))
    let unknown = await #expect(throws: MigrationError.self) { _ = try await older.up() }
    #expect(unknown?.description.contains(all[all.count - 1].name) == true)
    let late = Migration(name: "20251231T2359_too_late", up: "SELECT 1", down: "SELECT 1")
    let error = await #expect(throws: MigrationError.self) { _ = try await database.migrator([late] + all).up() }
    #expect(error?.description.contains(late.name) == true)
  }

  @Test("A migration that fails half way leaves nothing, and says its name; those before it stay")
  func failing() async throws {
    let database = try await TestDatabase(isMigrated: false)
    let good = Migration(name: "20260101T0000_good", up: "CREATE TABLE good ()", down: "DROP TABLE good")
    let bad = Migration(
      name: "20260101T0001_bad", up: "CREATE TABLE half (); SELECT 1 / 0", down: "DROP TABLE half")
    let migrator = try database.migrator([good, bad])
    let error = await #expect(throws: MigrationError.self) { _ = try await migrator.up() }
    #expect(error?.description.contains(bad.name) == true)
    #expect(try await database.psql("SELECT to_regclass('good') IS NOT NULL, to_regclass('half') IS NULL") == "t|t")
    let pending = await #expect(throws: MigrationError.self) { try await migrator.verify() }
    #expect(pending?.description.contains(bad.name) == true)
  }

  @Test("Add-ons keep their places when packages come to name them themselves, and back")
  func addOnsOfPackages() async throws {
    let database = try await TestDatabase(isMigrated: false)
    let all = try TestDatabase.migrations()
    let name = "20260101T1250_name_add_ons_in_packages"
    let place = try #require(all.firstIndex { $0.name == name })
    _ = try await database.migrator(Array(all[..<place])).up()
    func id(_ number: String) -> String { "00000000-0000-7000-8000-00000000000\(number)" }
    try await database.psql(
      """
      INSERT INTO tenants VALUES ('\(id("0"))', 'willow', 'Willow', 'active', 'UTC', 'USD', 1, now());
      INSERT INTO add_ons (tenant_id, id, slug, title, price_cents, created_at, updated_at)
        SELECT '\(id("0"))', ('\(id(""))' || a)::uuid, 'a' || a, 'A', 1, now(), now() FROM generate_series(1, 3) AS a;
      INSERT INTO packages (tenant_id, id, slug, title, price_cents, currency, created_at, updated_at)
        SELECT '\(id("0"))', ('\(id(""))' || p)::uuid, 'p' || p, 'P', 1, 'USD', now(), now() FROM generate_series(1, 2) AS p;
      INSERT INTO package_add_ons VALUES
        ('\(id("0"))', '\(id("1"))', '\(id("3"))', 2), ('\(id("0"))', '\(id("1"))', '\(id("1"))', 4),
        ('\(id("0"))', '\(id("1"))', '\(id("2"))', 7);
      """)
    let migrator = try database.migrator(Array(all[...place]))
    _ = try await migrator.up()
    #expect(
      try await database.psql("SELECT add_on_ids FROM packages ORDER BY slug")
        == "{\(id("3")),\(id("1")),\(id("2"))}\n{}")
    try await database.psql("DELETE FROM add_ons WHERE slug = 'a1'")
    _ = try await migrator.down(to: all[place - 1].name)
    #expect(
      try await database.psql("SELECT package_id, add_on_id FROM package_add_ons ORDER BY position")
        == "\(id("1"))|\(id("3"))\n\(id("1"))|\(id("2"))")
  }

  @Test("Status writes nothing, not even in an empty database")
  func statusWritesNothing() async throws {
    let database = try await TestDatabase(isMigrated: false)
    let states = try await database.migrator().status().map(\.state)
    #expect(states.allSatisfy { $0 == .pending } && !states.isEmpty)
    #expect(try await database.psql("SELECT to_regclass('schema_migrations') IS NULL") == "t")
  }

  @Test("Every migration sets its own time limits and has an honest name")
  func files() throws {
    for migration in try TestDatabase.migrations() {
      for text in [migration.up, migration.down] {
        #expect(text.contains("SET LOCAL lock_timeout"), "\(migration.name)")
        #expect(text.contains("SET LOCAL statement_timeout"), "\(migration.name)")
      }
    }
  }

  @Test("A misnamed file and one without its pair are refused by name")
  func folders() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "tenantry-migrations-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let lonely = folder.appending(path: "20260101T0000_lonely.up.sql")
    try Data().write(to: lonely)
    let alone = #expect(throws: MigrationError.self) { _ = try MigrationFolder.read(folder) }
    #expect(alone?.description.contains("20260101T0000_lonely.down.sql") == true)
    try FileManager.default.removeItem(at: lonely)
    try Data().write(to: folder.appending(path: "fix.up.sql"))
    let misnamed = #expect(throws: MigrationError.self) { _ = try MigrationFolder.read(folder) }
    #expect(misnamed?.description.contains("fix") == true)
  }
}
