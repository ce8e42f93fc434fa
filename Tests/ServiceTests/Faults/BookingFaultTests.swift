import Foundation
import Synchronization
import Testing

@Suite("Bookings over HTTP while the database is in trouble", .tags(.slow), .serialized, .timeLimit(.minutes(5)))
struct BookingFaultTests {
  @Test("While backends are terminated every 200 ms each of 300 bookings is acknowledged, and stored once")
  func terminated() async throws {
    let database = try await ServedDatabase()
    let service = try await Service(database.settings)
    let isOver = Atomic(false)
    let rounds = Atomic(0)
    async let cutting = {
      var cut = 0
      while !isOver.load(ordering: .relaxed) {
        let ended = try await database.psql(
          "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE usename = 'tenantry'")
        cut += Int(ended) ?? 0
        rounds.add(1, ordering: .relaxed)
        // The fault's own rhythm.
        try await Task.sleep(for: .milliseconds(200))
      }
      return cut
    }()
    let acknowledged = try await atOnce(6) { worker in
      var acknowledged: [(day: Int, key: String, answer: Answer)] = []
      for number in 0..<50 {
        // Ten bookings between two cuts, so that the fault falls among them on a fast machine too.
        try await eventually("the next cut") { rounds.load(ordering: .relaxed) >= number / 10 }
        let (day, key) = (worker * 50 + number, UUID().uuidString)
        try await eventually("a booking is acknowledged") {
          let answer = try await service.book(day, key: key)
          if answer.status == 201 { acknowledged.append((day, key, answer)) }
          #expect([201, 503].contains(answer.status) || answer.code == "idempotency_in_flight", "\(answer.text)")
          return answer.status == 201
        }
      }
      return acknowledged
    }.flatMap(\.self)
    isOver.store(true, ordering: .relaxed)
    #expect(try await cutting > 0, "the fault must have happened")
    #expect(acknowledged.count == 300)
    for (day, key, answer) in acknowledged {
      let again = try await service.book(day, key: key)
      #expect(again.status == 201 && again.text == answer.text, "\(again.text)")
      #expect(again.headers[.replayed] == "true")
    }
    let stored = try await database.psql("SELECT id FROM bookings").split(separator: "\n").map(String.init)
    #expect(Set(stored) == Set(acknowledged.compactMap(\.answer.id)) && stored.count == 300)
  }

  @Test("Of 1,000 requests at once for one date one is 201, and the rest are 409")
  func racers() async throws {
    let database = try await ServedDatabase()
    // On a busy machine a thousand need longer than a caller would wait for a connection otherwise.
    let service = try await Service(database.settings.merging(["DATABASE_POOL_CONNECT_TIMEOUT": "60s"]) { $1 })
    let answers = try await atOnce(1000) { _ in try await service.book(1) }
    #expect(answers.count { $0.status == 201 } == 1)
    #expect(answers.count { $0.status == 409 && $0.code == "date_unavailable" } == 999)
    #expect(try await database.psql("SELECT count(*) FROM bookings") == "1")
  }

  @Test("With every connection asleep a booking is refused with 503 and Retry-After, before the sleepers wake")
  func exhausted() async throws {
    let database = try await ServedDatabase()
    let limits = ["DATABASE_POOL_MAX": "2", "DATABASE_POOL_CONNECT_TIMEOUT": "1s"]
    let service = try await Service(database.settings.merging(limits) { $1 })
    #expect(try await service.book(0).status == 201)
    try await database.psql(
      "CREATE FUNCTION sleep() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(25); RETURN NULL; END $$",
      "CREATE TRIGGER sleep BEFORE INSERT ON bookings FOR EACH STATEMENT EXECUTE FUNCTION sleep()")
    let sleepers = (1...2).map { day in Task { try await service.book(day) } }
    let asleep = "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep'"
    try await eventually("both sleep") { try await database.psql(asleep) == "2" }
    for answer in try await atOnce(50, { try await service.book($0 + 10) }) {
      #expect(answer.status == 503 && answer.code == "unavailable", "\(answer.text)")
      #expect(answer.headers[.retryAfter] == "1")
    }
    #expect(try await database.psql(asleep) == "2", "nobody waited for the sleepers")
    // What needs no connection goes on.
    #expect(try await service.call(.get, "/health/live").status == 200)
    try await database.psql("SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE wait_event = 'PgSleep'")
    for sleeper in sleepers { #expect(try await sleeper.value.status == 503) }
    try await database.psql("DROP TRIGGER sleep ON bookings")
    try await eventually("bookings are taken again") { try await service.book(100).status == 201 }
  }

  @Test("A database set to read only refuses bookings with 503, answers reads, and takes bookings when it is set back")
  func readOnly() async throws {
    let database = try await ServedDatabase()
    let service = try await Service(database.settings.merging(["DATABASE_HEALTH_INTERVAL": "500ms"]) { $1 })
    #expect(try await service.book(0).status == 201)
    let reconnect = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'tenantry'"
    try await database.setReadOnly("SET default_transaction_read_only = on", reconnect)
    try await eventually("it is noticed") {
      let answer = try await service.book(1)
      #expect(answer.status == 503, "\(answer.text)")
      return try await service.call(.get, "/health/database").status == 503
    }
    #expect(try await service.call(.get, "/api/v1/packages?q=light", .willow).status == 200)
    try await database.setReadOnly("RESET default_transaction_read_only", reconnect)
    try await eventually("bookings are taken again") { try await service.book(2).status == 201 }
    #expect(try await database.psql("SELECT count(*) FROM bookings") == "2")
  }

  @Test("When most transactions conflict with others, a booking is 201 or 503 after a bounded number of tries")
  func storm() async throws {
    let database = try await ServedDatabase()
    // The sequence counts them, since it is not rolled back.
    try await database.psql(
      "CREATE SEQUENCE conflicts",
      """
      CREATE FUNCTION conflict() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
        BEGIN
          IF random() < 0.6 THEN
            PERFORM nextval('conflicts');
            RAISE 'another transaction stood in the way' USING ERRCODE = '40001';
          END IF;
          RETURN NEW;
        END $$
      """,
      "CREATE TRIGGER conflict BEFORE INSERT ON bookings FOR EACH ROW EXECUTE FUNCTION conflict()")
    let service = try await Service(database.settings)
    let answers = try await atOnce(200) { try await service.book($0 % 40, .harbor) }
    #expect(answers.allSatisfy { [201, 409, 503].contains($0.status) }, "\(Set(answers.map(\.status)))")
    let booked = answers.compactMap { $0.status == 201 ? $0.id : nil }
    #expect(!booked.isEmpty)
    // Of 160 bookings there is room for, each was tried four times at the most.
    let conflicts = Int(try await database.psql("SELECT last_value FROM conflicts")) ?? 0
    #expect((booked.count / 2...answers.count * 4).contains(conflicts), "\(conflicts) conflicts")
    let stored = try await database.psql("SELECT id FROM bookings").split(separator: "\n").map(String.init)
    #expect(Set(stored) == Set(booked) && stored.count == booked.count)
    let most = "SELECT max(count) FROM (SELECT count(*) FROM bookings GROUP BY tenant_id, date) AS days"
    #expect(Int(try await database.psql(most)) ?? 5 <= 4)
  }
}

extension ServedDatabase {
  /// Changes a setting of the database, from a session of another that it does not bind.
  fileprivate func setReadOnly(_ change: String, _ reconnect: String) async throws {
    _ = try await offPool { [server] in try server.psql("ALTER DATABASE tenantry \(change)", reconnect) }
  }
}
