import Foundation
import TestServers
import Testing

@Suite("tenantry serve with several database servers", .tags(.slow), .serialized, .timeLimit(.minutes(5)))
struct ReplicaTests {
  /// How many bookings a server has stored.
  private func bookings(_ server: PostgresServer) async throws -> String {
    try await ServedDatabase.psql(server, ["SELECT count(*) FROM bookings"])
  }

  @Test("While the replica replays nothing, what was written is in the next read, of the list and of the detail")
  func paused() async throws {
    let database = try await ServedDatabase()
    let replica = try await offPool { try database.server.makeReplica() }
    let replicas = ["DATABASE_REPLICA_URLS": ServedDatabase.url(replica.port), "DATABASE_HEALTH_INTERVAL": "500ms"]
    let service = try await Service(database.settings.merging(replicas) { $1 })
    try await eventually("both are seen") {
      try await service.call(.get, "/health/database").text.split(separator: #""healthy":true"#).count == 3
    }
    try await ServedDatabase.psql(replica, ["SELECT pg_wal_replay_pause()"])
    for day in 0..<40 {
      let price = 70_000 + day
      let path = "/packages/first-light-vows"
      let written = try await service.call(
        .patch, "/api/v1/admin" + path, .willowStaff, body: #"{"priceCents": \#(price)}"#)
      #expect(written.status == 200, "\(written.text)")
      for read in [path, "/packages", "/packages?q=first%20light", "/packages?sort=price"] {
        let answer = try await service.call(.get, "/api/v1" + read, .willow)
        #expect(answer.text.contains(#""priceCents":\#(price)"#), "\(read): \(answer.text.prefix(200))")
      }
      let booked = try await service.book(day)
      #expect(booked.status == 201)
      let date = try await service.call(.get, "/api/v1/availability/\(Service.date(day))", .willow)
      #expect(date.text.contains(#""available":false"#))
    }
    try await ServedDatabase.psql(replica, ["SELECT pg_wal_replay_resume()"])
  }

  /// How the settings name the server that is to take over.
  enum Naming: String, CaseIterable {
    case fallbackRegion, replicaURL
  }

  @Test(
    "The primary is killed and the replica promoted: writes are back within 15 s, and the old primary gets none",
    arguments: Naming.allCases)
  func promoted(_ naming: Naming) async throws {
    let database = try await ServedDatabase()
    let (old, new) = (database.server, try await offPool { try database.server.makeReplica() })
    var settings = database.settings
    settings["DATABASE_HEALTH_INTERVAL"] = "1s"
    settings["DATABASE_POOL_CONNECT_TIMEOUT"] = "2s"
    switch naming {
    case .fallbackRegion:
      settings["DATABASE_FALLBACK_REGIONS"] = #"[{"name": "west", "primary": "\#(ServedDatabase.url(new.port))"}]"#
    case .replicaURL: settings["DATABASE_REPLICA_URLS"] = ServedDatabase.url(new.port)
    }
    let service = try await Service(settings)
    #expect(try await service.book(0).status == 201)
    try await eventually("the replica has it") { try await bookings(new) == "1" }

    let key = UUID().uuidString
    try await offPool { old.kill() }
    let refused = try await service.book(1, key: key)
    #expect(refused.status == 503 && refused.headers[.retryAfter] != nil, "\(refused.text)")
    try await offPool { try new.promote() }
    let promoted = ContinuousClock.now
    try await eventually("writes are back", within: .seconds(15)) { try await service.book(1, key: key).status == 201 }
    print("\(naming): writes back \(ContinuousClock.now - promoted) after the promotion")

    try await offPool { try old.restart() }
    try await eventually("the old primary is looked at") {
      try await ServedDatabase.psql(
        old, ["SELECT count(*) FROM pg_stat_activity WHERE usename = 'tenantry' AND state = 'idle'"]) != "0"
    }
    let health = try await service.call(.get, "/health/database")
    #expect(health.status == 200 && health.text.contains(#""status":"degraded""#), "\(health.text)")
    #expect(health.text.contains(#""currentRegion":"\#(naming == .fallbackRegion ? "west" : "primary")""#))
    for day in 2..<40 { #expect(try await service.book(day).status == 201) }
    #expect(try await bookings(old) == "1")
    #expect(try await bookings(new) == "40")
    // The owner's work follows too: what bookings leave in the outbox is taken there.
    try await eventually("word is delivered") {
      try await ServedDatabase.psql(new, ["SELECT count(*) FROM outbox"]) == "0"
    }
    // Also when the new one is away nothing goes to the old one.
    try await offPool { new.kill() }
    for day in 40..<44 { #expect(try await service.book(day).status == 503) }
    #expect(try await bookings(old) == "1")
    #expect(!service.log.contains(ServedDatabase.canary))
  }

  @Test("A booking whose COMMIT is cancelled while its standby does not answer is never a 201, sent once or again")
  func synchronous() async throws {
    let database = try await ServedDatabase()
    let server = database.server
    let standby = try await offPool { try server.makeReplica(name: "standby") }
    let limits = ["DATABASE_POOL_STATEMENT_TIMEOUT": "2s"]
    let service = try await Service(database.settings.merging(limits) { $1 })
    try await database.psql(
      "ALTER SYSTEM SET synchronous_standby_names = 'standby'", "SELECT pg_reload_conf()")
    try await eventually("the standby is synchronous") {
      try await database.psql("SELECT sync_state FROM pg_stat_replication") == "sync"
    }
    #expect(try await service.book(0).status == 201)
    try await offPool { try standby.freeze() }
    let key = UUID().uuidString
    let first = Task { try await service.book(1, key: key) }
    try await eventually("COMMIT waits") {
      try await database.psql(
        "SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE wait_event = 'SyncRep' AND usename = 'tenantry'"
      ).contains("t")
    }
    let answer = try await first.value
    #expect(answer.status == 503 && answer.headers[.retryAfter] != nil, "\(answer.text)")
    // It is there for all to see, and would die with the primary: so it is not acknowledged on asking again either.
    #expect(try await database.psql("SELECT count(*) FROM bookings") == "2")
    for _ in 0..<2 {
      let again = try await service.book(1, key: key)
      #expect(again.status == 503, "\(again.text)")
    }
    // Whose client went away while COMMIT waited learns nothing; asking again tells.
    let other = UUID().uuidString
    await #expect(throws: (any Error).self) {
      _ = try await service.book(2, key: other, within: .milliseconds(700))
    }
    try await offPool { try standby.thaw() }
    for (day, key) in [(1, key), (2, other)] {
      try await eventually("it is acknowledged") { try await service.book(day, key: key).status == 201 }
      #expect(try await service.book(day, key: key).headers[.replayed] == "true")
    }
    #expect(try await database.psql("SELECT count(*), count(DISTINCT date) FROM bookings") == "3|3")
  }
}
