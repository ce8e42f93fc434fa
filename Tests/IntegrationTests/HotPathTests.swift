import HTTPTypes
import NIOCore
import TestServers
import Testing

@testable import Bootstrap
@testable import HTTPAdapter

@Suite("Hits on the event loop")
struct HotPathTests {
  static let requests: [(path: String, headers: HTTPFields)] = [
    ("/packages", [:]), ("/api/v1/packages", [.acceptEncoding: "gzip"]), ("/packages?limit=3", [:]),
    ("/packages?segment=coast&sort=-price", [:]), ("/packages/first-light-vows", [.requestID: "mine"]),
    ("/api/v1/segments", [:]), ("/api/v1/segments/coast", [:]), ("/api/v1/segments/coast/packages", [:]),
    ("/api/v1/add-ons", [.acceptEncoding: "br;q=1, gzip;q=0.5"]), ("/api/v1/venues?city=Philo", [:]),
    ("/packages", [.ifNoneMatch: "*"]), ("/packages", [.ifNoneMatch: "*", .acceptEncoding: "gzip"]),
    ("/packages", [.origin: "https://willow.example"]), ("/packages?limit=0", [:]), ("/packages/nowhere", [:]),
    ("/packages?limit=7", [.authorization: "Basic eA=="]), ("/packages?q=sea", [:]), ("/segments", [:]),
    ("/packages//", [:]), ("/api/v1/packages/", [:]),
  ]

  /// One shop's answers to all requests, each asked twice so that the second may be a hit.
  private func answers(_ switchedTo: String, _ method: HTTPRequest.Method) async throws -> [String] {
    let settings = [
      "HTTP_HOT_PATH": switchedTo, "RATE_LIMIT": "on", "RATE_LIMIT_CLIENT_PER_MINUTE": "1000",
      "CORS_ALLOWED_ORIGINS": "https://willow.example",
    ]
    let (stream, results) = AsyncStream.makeStream(of: [String].self)
    try await Shop.open(settings) { (shop: Shop) async throws in
      var answers: [String] = []
      for request in Self.requests + Self.requests {
        let answer = try await shop.send(method, request.path, as: .willow, request.headers)
        answers.append(Self.normalised(answer, "\(method) \(request.path)"))
      }
      results.yield(answers)
      results.finish()
    }
    return await stream.first { _ in true } ?? []
  }

  /// The answer without what differs between any two requests: times and identifiers made up on the way.
  private static func normalised(_ answer: Answer, _ request: String) -> String {
    let fields = answer.headers.filter { ![.date, .requestID, .eTag].contains($0.name) || $0.value == "mine" }
      .map { "\($0.name.canonicalName): \($0.value)" }.sorted()
    let names = answer.headers.map(\.name.canonicalName).sorted()
    let body =
      answer.headers[.contentEncoding] == nil && answer.status == 200 ? "" : answer.headers[.contentEncoding] ?? ""
    let length = answer.headers[.contentEncoding] == nil ? "\(answer.bytes.readableBytes)" : "compressed"
    return "\(request) \(answer.status) \(names) \(fields.filter { !$0.hasPrefix("content-length") }) \(length) \(body)"
  }

  @Test(
    "They are the same as through the router: status, fields and length", arguments: [HTTPRequest.Method.get, .head])
  func sameBothWays(_ method: HTTPRequest.Method) async throws {
    let hot = try await answers("on", method)
    let routed = try await answers("off", method)
    #expect(hot.count == Self.requests.count * 2)
    for (hot, routed) in zip(hot, routed) { #expect(hot == routed) }
  }

  @Test("They are byte for byte what the router's way sends for the same entry", arguments: ["GET", "HEAD"])
  func sameBytes(_ method: String) async throws {
    let settings = [
      "RATE_LIMIT": "on", "RATE_LIMIT_CLIENT_PER_MINUTE": "1000", "CORS_ALLOWED_ORIGINS": "https://willow.example",
    ]
    try await Shop.open(settings) { (shop: Shop) async throws in
      let key = Sender.key("pk", "willow")
      for path in ["/packages", "/api/v1/packages?limit=3", "/packages/first-light-vows", "/api/v1/venues?city=Philo"] {
        _ = try await shop.get(path)
        for condition in RawHTTP.conditions {
          let head = "\(method) \(path) HTTP/1.1\r\nHost: x\r\nX-Tenant-Key: \(key)\r\n\(condition)"
          // The last request ends the connection; a body, even an empty one, keeps a request from the event loop.
          let hit = try await shop.raw("\(head)\r\n\(RawHTTP.last)")
          let routed = try await shop.raw("\(head)Content-Length: 0\r\n\r\n\(RawHTTP.last)")
          #expect(hit.hasPrefix("HTTP/1.1 200 ") || hit.hasPrefix("HTTP/1.1 304 "), "\(hit.prefix(200))")
          #expect(RawHTTP.comparable(hit) == RawHTTP.comparable(routed), "\(method) \(path) \(condition)")
        }
      }
    }
  }

  @Test("On one connection a head is answered as it is, whether or not the one before it was the same")
  func oneConnection() async throws {
    let settings = [
      "RATE_LIMIT": "on", "RATE_LIMIT_CLIENT_PER_MINUTE": "10000", "RATE_LIMIT_TENANT_PER_MINUTE": "10000",
      "CORS_ALLOWED_ORIGINS": "https://willow.example",
    ]
    try await Shop.open(settings) { (shop: Shop) async throws in
      let keys = ["willow", "harbor", "willow"].map { Sender.key("pk", $0) }
      for path in ["/packages", "/packages/first-light-vows", "/api/v1/venues"] {
        let heads = RawHTTP.conditions.flatMap { condition in
          keys.map { "GET \(path) HTTP/1.1\r\nHost: x\r\nX-Tenant-Key: \($0)\r\n\(condition)\r\n" }
        }
        let last = RawHTTP.comparable(try await shop.raw(RawHTTP.last))
        var alone: [String] = []
        for head in heads {
          let answers = RawHTTP.comparable(try await shop.raw(head + RawHTTP.last))
          try #require(answers.hasSuffix(last))
          alone.append(String(answers.dropLast(last.count)))
        }
        let twice = heads.map { $0 + $0 }.joined() + RawHTTP.last
        let expected = alone.map { $0 + $0 }.joined() + last
        #expect(RawHTTP.comparable(try await shop.raw(twice)) == expected, "\(path)")
      }
    }
  }

  @Test(
    "What must be waited for is byte for byte what the router's way sends, refusals too", arguments: ["GET", "HEAD"])
  func sameBytesAfterWaiting(_ method: String) async throws {
    let settings = [
      "RATE_LIMIT": "on", "RATE_LIMIT_CLIENT_PER_MINUTE": "1000", "CORS_ALLOWED_ORIGINS": "https://willow.example",
    ]
    try await Shop.open(settings) { (shop: Shop) async throws in
      let (known, unknown) = (Sender.key("pk", "willow"), Sender.key("pk", "nobody"))
      let questions = [
        ("/packages?q=sea", known), ("/packages/nowhere", known), ("/packages/Not!A!Slug", known),
        ("/packages?limit=0", known), ("/packages", unknown), ("/api/v1/segments/nowhere", known),
      ]
      for (path, key) in questions {
        for condition in RawHTTP.conditions {
          // What is never cached, and absences that are forgotten by then, are asked for anew each time.
          shop.clock.advance(by: .seconds(3600))
          let head = "\(method) \(path) HTTP/1.1\r\nHost: x\r\nX-Tenant-Key: \(key)\r\n\(condition)"
          let waited = try await shop.raw("\(head)\r\n\(RawHTTP.last)")
          shop.clock.advance(by: .seconds(3600))
          let routed = try await shop.raw("\(head)Content-Length: 0\r\n\r\n\(RawHTTP.last)")
          #expect(RawHTTP.comparable(waited) == RawHTTP.comparable(routed), "\(method) \(path) \(condition)")
        }
      }
    }
  }

  @Test("Requests behind one that waits are answered after it, in their order, also when the peer sends no more")
  func orderBehindWaiting() async throws {
    try await Shop.open { (shop: Shop) async throws in
      let key = Sender.key("pk", "willow")
      func request(_ path: String, _ fields: String = "") -> String {
        "GET \(path) HTTP/1.1\r\nHost: x\r\nX-Tenant-Key: \(key)\r\n\(fields)\r\n"
      }
      for _ in 0..<5 {
        let paths = [
          "/packages?q=sea", "/packages", "/packages/nowhere", "/health/live", "/packages?q=sun", "/elsewhere",
        ]
        let sent = paths.enumerated().map { request($1, "X-Request-Id: r\($0)\r\n") }.joined()
        let answers = try await shop.raw(sent + request("/packages", "X-Request-Id: last\r\nConnection: close\r\n"))
        let ids = answers.matches(of: #/X-Request-Id: (\w+)/#).map { String($0.1) }
        #expect(ids == ["r0", "r1", "r2", "r3", "r4", "r5", "last"])
      }
    }
  }

  @Test("A client that is over its limit is refused in the same words where its request had to wait")
  func refusalAfterWaiting() async throws {
    try await Shop.open(["RATE_LIMIT": "on", "RATE_LIMIT_CLIENT_PER_MINUTE": "3"]) { (shop: Shop) async throws in
      for count in 1...5 {
        let answer = try await shop.get("/packages?q=sea")
        #expect(answer.status == (count <= 3 ? 200 : 429))
        if count > 3 { #expect(answer.headers[.retryAfter] != nil && answer.code == "rate_limited") }
      }
    }
  }

  @Test("Both ways count as the same route")
  func sameRoute() async throws {
    try await Shop.open { (shop: Shop) async throws in
      for _ in 0..<2 {
        _ = try await shop.get("/packages")
        _ = try await shop.get("/packages", as: .willow, [.contentLength: "0"])
      }
      let count = #"http_response_status_code="200",http_route="/api/v1/packages"} 4"#
      #expect(try await shop.get("/metrics", as: .nobody).text.contains(count))
    }
  }

  @Test("A tenant that is suspended, and one that is active again, is heard of by the next hit")
  func suspension() async throws {
    try await Shop.open { (shop: Shop) async throws in
      let administration = shop.preset.administration
      for _ in 0..<3 {
        for _ in 0..<2 { #expect(try await shop.get("/packages").status == 200) }
        _ = try await administration.setStatus("willow", .suspended)
        #expect(try await shop.get("/packages").status == 403)
        _ = try await administration.setStatus("willow", .active)
      }
    }
  }

  @Test("A hit of a list sends the cached bytes themselves, not a copy")
  func noCopy() async throws {
    try await Shop.open { (shop: Shop) async throws in
      let directory = shop.preset.services.directory
      let holder = try await directory.holder(ofKey: Sender.key("pk", "willow"))
      let entry = try await shop.preset.services.catalog.answer(holder.tenant.id, .packages(.init()))
      for headers: HTTPFields in [[:], [.acceptEncoding: "gzip"]] {
        let body = try #require(EntityAnswer.reply(entry, headers, .catalog).body)
        let cached = headers.isEmpty ? entry.body : try #require(entry.gzip)
        let address = body.withUnsafeReadableBytes { $0.baseAddress }
        #expect(address == cached.withUnsafeReadableBytes { $0.baseAddress })
      }
    }
  }
}
