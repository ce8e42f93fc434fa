import Foundation
import HTTPAdapter
import HTTPTypes
import Logging
import PostgresClient
import TestServers
import Testing

@testable import Bootstrap

@Suite("What is known of the database's statements", .tags(.slow), .timeLimit(.minutes(3)))
struct DatabaseInsightTests {
  @Test("Reports tell a slow statement's timing, plan and missing index, and who repeats what, without any value")
  func reports() async throws {
    let server = try await offPool { try PostgresServer() }
    var settings = PostgresQueryLog.Settings()
    settings.threshold = .milliseconds(1)
    let log = PostgresQueryLog(settings: settings)
    let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    let node = PostgresNode(
      url: try PostgresURL(server.url), loop: try PostgresEventLoop(logger: quiet), log: log)
    try await node.pool.script(
      """
      CREATE TABLE venue (id bigint PRIMARY KEY, city text);
      INSERT INTO venue SELECT n, 'city ' || n % 500 FROM generate_series(1, 20000) n;
      ANALYZE venue;
      """)
    let insight = DatabaseInsight(log)
    let slow = PostgresStatement("SELECT id, pg_sleep(0.002) FROM venue WHERE city = $1 LIMIT 3", name: "by city")
    for request in 1...2 {
      var status = HTTPResponse.Status.internalServerError
      await insight.watching {
        do {
          _ = try await node.read(PostgresQuery(slow, ["city 77"]))
          for id in 0..<(4 + request) {
            _ = try await node.read(PostgresQuery("SELECT city FROM venue WHERE id = $1", [.int(id + 7_654_321)]))
          }
          status = .ok
        } catch { Issue.record(error) }
      }
      #expect(status == .ok)
    }
    try await eventually("the plan is there") { log.slowest.contains { $0.name == "by city" && $0.plan != nil } }

    let queries = try decode(SlowQueries.self, insight.slowQueries())
    let query = try #require(queries.data.first { $0.name == "by city" })
    #expect(queries.thresholdMs == 1 && query.count == 2 && query.maxMs >= 2 && query.totalMs >= query.maxMs)
    #expect(query.p50Ms <= query.p99Ms && query.histogram.map(\.count).reduce(0, +) == 2)
    #expect(query.plan?.contains { $0.step == "Seq Scan" && $0.table == "venue" } == true)
    #expect(queries.repeated.map(\.requests) == [2] && queries.repeated.first?.most == 6)

    let advice = try decode(Suggestions.self, insight.suggestions()).data
    #expect(Set(advice.map(\.kind)) == ["index", "n-plus-one"])
    #expect(advice.compactMap(\.columns) == [["city"]])
    for text in [try text(insight.slowQueries()), try text(insight.suggestions())] {
      #expect(!text.contains("city 77") && !text.contains("76543"), "\(text)")
    }
  }

  @Test("A slow statement of the service is logged by its name, once, without a value")
  func logged() async throws {
    let database = try await ServedDatabase()
    try await database.psql(
      "CREATE FUNCTION nap() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(0.06); RETURN NULL; END $$",
      "CREATE TRIGGER nap BEFORE INSERT ON bookings FOR EACH STATEMENT EXECUTE FUNCTION nap()")
    let service = try await Service(database.settings.merging(["DATABASE_SLOW_QUERY": "50ms"]) { $1 })
    for day in 0..<3 { #expect(try await service.book(day).status == 201) }
    let lines = service.log.split(separator: "\n").filter {
      $0.contains("slow PostgreSQL statement") && $0.contains("bookings.store")
    }
    #expect(lines.count == 1, "\(service.log)")
    #expect(!service.log.contains("ada@example.com"))
  }

  // The reports as a client reads them.

  private struct SlowQueries: Decodable {
    let thresholdMs: Double
    let data: [Query]
    let repeated: [Repetition]

    struct Query: Decodable {
      let name: String?
      let count: Int
      let totalMs: Double
      let p50Ms: Double
      let p99Ms: Double
      let maxMs: Double
      let histogram: [Bucket]
      let plan: [Step]?
    }

    struct Bucket: Decodable {
      let count: Int
    }

    struct Step: Decodable {
      let step: String
      let table: String?
    }

    struct Repetition: Decodable {
      let requests: Int
      let most: Int
    }
  }

  private struct Suggestions: Decodable {
    let data: [Suggestion]

    struct Suggestion: Decodable {
      let kind: String
      let columns: [String]?
    }
  }

  private func decode<Value: Decodable>(_ type: Value.Type, _ report: some Encodable) throws -> Value {
    try JSONDecoder().decode(type, from: try JSONEncoder().encode(report))
  }

  private func text(_ report: some Encodable) throws -> String {
    String(decoding: try JSONEncoder().encode(report), as: UTF8.self)
  }
}
